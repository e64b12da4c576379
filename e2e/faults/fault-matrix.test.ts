import { expect, test } from 'vitest';
import { configs } from '../configs.ts';
import type { FaultDoor } from './fault-door.ts';
import { doors } from './fault-doors.ts';
import { allCells, type Cell, cellRunFor, cellsToRun, classNameOf, outcomeOf } from './fault-matrix.ts';
import { CellRun, isSlow, type Observed } from './fault-matrix-run.ts';
import { type FaultSystem, startFaultSystem } from './fault-matrix-system.ts';

const nameOf = (cell: Cell): string => JSON.stringify(cell);
const teams = Object.keys(configs.faulty.teams);

test('every cell has the same outcome as the cell that is run for it', () => {
  for (const cell of allCells()) {
    expect(outcomeOf(cell), nameOf(cell)).toEqual(outcomeOf(cellRunFor(cell)));
  }
});

/** The prefix of the teams that can reach a cell's state. */
function teamsFor(cell: Cell): string {
  if (cell.gateway === 'throttles the key') return 'hasty';
  if (cell.gateway === "has no more of the key's quota") return 'spent';
  if (cell.ledger === 'refuses: a limit is reached') return 'closed';
  if (cell.ledger === 'refuses: calls in flight hold the rest') return `narrow-${cell.transfer}`;
  return isSlow(cell) ? 'patient-' : 'open-';
}

/** Resolves for all callers when this many have arrived and the work is done. */
function barrier(count: number, work: () => Promise<void>): () => Promise<void> {
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  return () => {
    waiting += 1;
    if (waiting === count) all.resolve(work());
    return all.promise;
  };
}

async function runCells(
  system: FaultSystem,
  door: FaultDoor,
  cells: readonly Cell[],
  kill: () => Promise<void>,
): Promise<Map<Cell, Observed>> {
  const observed = new Map<Cell, Observed>();
  const observe = async (team: string, queue: Iterable<Cell>): Promise<void> => {
    for (const cell of queue) {
      observed.set(cell, await new CellRun(system, door, system.lane(team), cell, kill).observe());
    }
  };
  await Promise.all(
    [...Map.groupBy(cells, teamsFor)].flatMap(([prefix, own]) => {
      const queue = own.values();
      return teams.filter((team) => team.startsWith(prefix)).map((team) => observe(team, queue));
    }),
  );
  return observed;
}

/** Runs cells through an API, and returns each outcome. */
async function observe(door: FaultDoor, cells: readonly Cell[]): Promise<Map<Cell, Observed>> {
  const system = await startFaultSystem();
  const isKill = ({ gateway }: Cell) => gateway === 'kills the function while Bedrock is at work';
  const kills = cells.filter(isKill);
  const rest = cells.filter((cell) => !isKill(cell));
  return new Map([
    ...(await runCells(system, door, rest, async () => {})),
    // All functions end at once, so no other call may be in flight.
    ...(await runCells(
      system,
      door,
      kills,
      barrier(kills.length, () => system.gateway.killFunctions()),
    )),
  ]);
}

test.each(doors)(
  'every possible cell has the outcome in the matrix, through $name',
  async (door) => {
    const cells = cellsToRun();
    const observed = await observe(door, cells);
    for (const [cell, seen] of observed) {
      const outcome = outcomeOf(cell);
      const className = door.hasClasses ? classNameOf(outcome) : undefined;
      expect.soft(seen, nameOf(cell)).toEqual({ ...outcome, className });
    }
    expect(observed.size).toBe(cells.length);
  },
  180_000,
);
