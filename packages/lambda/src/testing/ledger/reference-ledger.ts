import {
  type ErrorCode,
  type LimitKind,
  type LimitPeriod,
  limitKinds,
  limitPeriods,
  longestCallMs,
} from '@org/contract';
import type { Duration } from '@org/table';
import { type Amounts, nothing } from '../../ledger/amounts.ts';
import type { Scope } from '../../ledger/scope.ts';
import { windowBy } from './window-by.ts';

/** The longest time after its beginning that a dead call counts as in flight: see INVARIANTS.md. */
const deadAfterMs: Readonly<Record<Duration, number>> = { short: 12 * 60_000, long: 32 * 60_000 };

const longestMs: Readonly<Record<Duration, number>> = {
  short: longestCallMs.whole,
  long: longestCallMs.stream,
};

/** A call, with the facts that its caller knows. */
export interface Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly duration: Duration;
  readonly worstCase: Amounts;
}

/** The amount that a scope may have committed for one call: from the certain minimum to the possible maximum. */
export interface Entry extends Asked {
  readonly scope: Scope;
  /** The beginnings of the windows in which it counts. */
  readonly when: Readonly<Record<LimitPeriod, number>>;
  least: Amounts;
  most: Amounts;
  /** Whether it counts as a call in flight. */
  inFlight: 'no' | 'perhaps' | 'yes';
  /** Whether the charge is final. It is not before an attempt to settle it. */
  settled: 'no' | 'perhaps' | 'yes';
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Which of a scope's limits. */
export interface Place {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
}

/** A limit that let no more through in a period. */
interface Closed extends Place {
  readonly scope: Scope;
  /** The beginning of the window. */
  readonly when: number;
  readonly wanted: Amounts;
  /** Whether shards refused it, each perhaps by another limit. */
  readonly spread: boolean;
}

/**
 * A ledger's allowed answers, computed only from its callers' knowledge: a list of calls, and how much of each may be
 * committed. It knows no items, slots or writes. Without a fault, both ends of each range are the same.
 */
export class ReferenceLedger {
  readonly #timeZone: string;
  readonly #windows = new Map<number, Entry['when']>();
  readonly #entries: Entry[] = [];
  readonly #closed: Closed[] = [];

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** A call asks for room: nothing of it may be committed, or all. */
  open(scopes: readonly Scope[], asked: Asked): Entry[] {
    const { at, worstCase } = asked;
    const when = this.#windowsAt(at);
    const opened = scopes.map(
      (scope): Entry => ({
        ...asked,
        scope,
        when,
        least: nothing,
        most: worstCase,
        inFlight: 'perhaps',
        settled: 'no',
      }),
    );
    this.#entries.push(...opened);
    return opened;
  }

  /**
   * A limit's reported usage: never more than the limit, except for costs above the holds.
   *
   * @param atOnce Whether it was read in one moment, or nothing changed meanwhile.
   */
  used(scope: Scope, { limit, period }: Place, at: number, atOnce = true): Range {
    const entries = this.#of(scope, { limit, period }, at, []);
    if (!atOnce) return { least: sum(entries, 'least', limit), most: sum(entries, 'most', limit) };
    const allowed = Math.max(0, ...entries.map((entry) => maxOf(entry.scope, { limit, period })));
    const excess = entries.map(({ most, worstCase }) => Math.max(0, most[limit] - worstCase[limit]));
    const most = Math.min(
      sum(entries, 'most', limit),
      excess.reduce((total, one) => total + one, allowed),
    );
    return { least: sum(entries, 'least', limit), most };
  }

  /** Every allowed answer to a call that has been opened. */
  answers(scopes: readonly Scope[], asked: Asked, opened: readonly Entry[]): Set<ErrorCode | 'admitted'> {
    const { at, worstCase } = asked;
    if (scopes.some((scope) => boundsOf(scope).some(({ limit, max }) => max > 0 && worstCase[limit] > max))) {
      return new Set(['exceeds_limit']);
    }
    const answers = new Set<ErrorCode | 'admitted'>();
    for (const scope of scopes) {
      const shards = this.shardsOf(scope);
      if (boundsOf(scope).some(({ limit, max }) => worstCase[limit] > Math.ceil(max / shards))) {
        answers.add('exceeds_limit');
      }
      const bounds = boundsOf(scope).map(({ limit, period, max, burst }) => {
        const entries = this.#of(scope, { limit, period }, at, opened);
        // A minute soon ends, so its refusals may be tried again, and its holds are as good as charges.
        const isShort = period === 'minute' && max > 0;
        const passes = (range: 'least' | 'most', counted: readonly Entry[], most = max) =>
          sum(counted, range, limit) + worstCase[limit] > most;
        const allowed = this.allowed({ period, max, burst }, at);
        if (shards > 1) {
          // What a call cost above its hold takes room only from its own shard.
          const held = entries.reduce(
            (total, { least, worstCase: most }) => total + Math.min(least[limit], most[limit]),
            0,
          );
          // All calls may have been in one shard, and what they released may not be known yet.
          const asked = entries.reduce(
            (total, entry) => total + Math.max(entry.worstCase[limit], entry.most[limit]),
            0,
          );
          const passesPart = (most: number) => asked + worstCase[limit] > Math.floor(most / shards);
          return {
            refuses: held + worstCase[limit] > allowed,
            mayRefuse: passesPart(allowed),
            isFinal: false,
            mayBeFinal: passesPart(max) && !isShort,
          };
        }
        return {
          refuses: passes('least', entries, allowed),
          mayRefuse: passes('most', entries, allowed),
          isFinal:
            !isShort &&
            passes(
              'least',
              entries.filter((entry) => entry.settled === 'yes' || isDead(entry, at)),
            ),
          mayBeFinal:
            !isShort &&
            passes(
              'most',
              entries.filter((entry) => entry.settled !== 'no' || !isInFlight(entry, at)),
            ),
        };
      });
      const { callsAtOnce } = scope.limits;
      if (typeof callsAtOnce === 'number') {
        const { least, most } = this.#inFlight(scope, at, opened);
        const never = { isFinal: false, mayBeFinal: false };
        bounds.push({
          refuses: least >= callsAtOnce,
          mayRefuse: most >= callsAtOnce || shards > 1,
          ...never,
        });
      }
      if (bounds.some(({ mayBeFinal }) => mayBeFinal)) answers.add('quota_exceeded');
      if (bounds.some(({ mayRefuse }) => mayRefuse) && !bounds.some(({ isFinal }) => isFinal)) {
        answers.add('rate_limited');
      }
      if (bounds.some(({ refuses }) => refuses)) return answers;
    }
    return answers.add('admitted');
  }

  /** The most of a limit that may be used at a moment: its share of the time so far, and the burst. */
  allowed({ period, max, burst }: Pick<Limit, 'period' | 'max' | 'burst'>, at: number): number {
    if (burst === undefined) return max;
    const { began, ends } = windowBy(period, at, this.#timeZone);
    const share = (BigInt(max) * BigInt(at - began)) / BigInt(ends - began);
    return Math.min(max, Number(share) + burst);
  }

  /** A final refusal: from now on, no call that needs as much of this limit may be let through. */
  close(scope: Scope, { limit, period }: Place, { at, worstCase }: Asked): void {
    const when = this.#windowsAt(at)[period];
    const spread = this.shardsOf(scope) > 1;
    // What a call cost above its hold takes room from other shards, which other functions know within a minute.
    const isAbove = ({ most, worstCase: held }: Entry) => limitKinds.some((kind) => most[kind] > held[kind]);
    if (spread && this.#entries.some((entry) => isSame(entry.scope, scope) && isAbove(entry))) return;
    this.#closed.push({ scope, limit, period, when, wanted: worstCase, spread });
  }

  /** Whether this call, or a call that needed no more of a limit at least as large, was finally refused before. */
  wasRefusedForGood(scopes: readonly Scope[], { at, worstCase }: Asked): boolean {
    return this.#closed.some((closed) =>
      scopes.some(
        (scope) =>
          isSame(scope, closed.scope) &&
          this.#windowsAt(at)[closed.period] === closed.when &&
          (closed.spread ? limitPlaces : [closed]).every(
            (place) =>
              maxOf(scope, place) <= maxOf(closed.scope, place) &&
              worstCase[place.limit] >= closed.wanted[place.limit],
          ),
      ),
    );
  }

  /** The most shards that a call has asked for. */
  shardsOf(scope: Scope): number {
    const asked = this.#entries.filter((entry) => isSame(entry.scope, scope));
    return Math.max(...asked.map((entry) => entry.scope.shards ?? 1), scope.shards ?? 1);
  }

  /** The record of each scope. */
  scopes(): Map<string, Entry[]> {
    return Map.groupBy(this.#entries, ({ scope }) => nameOf(scope));
  }

  /** What counts in a window: in one beyond day and month, only the calls whose limits named it. */
  #of(scope: Scope, { limit, period }: Place, at: number, without: readonly Entry[]): Entry[] {
    const when = this.#windowsAt(at)[period];
    const isCounted = (entry: Entry) =>
      period === 'day' || period === 'month' || entry.scope.limits[limit]?.[period] !== undefined;
    return this.#entries.filter(
      (entry) =>
        entry.when[period] === when &&
        isSame(entry.scope, scope) &&
        isCounted(entry) &&
        !without.includes(entry),
    );
  }

  /** How many calls count as in flight. */
  #inFlight(scope: Scope, at: number, without: readonly Entry[]): Range {
    const month = this.#windowsAt(at).month;
    let [least, most] = [0, 0];
    for (const entry of this.#entries) {
      const isCounted = typeof entry.scope.limits.callsAtOnce === 'number';
      if (!isSame(entry.scope, scope) || !isCounted || without.includes(entry)) continue;
      if (entry.inFlight === 'no' || isDead(entry, at)) continue;
      most += 1;
      // Calls of two months see each other only near the edge.
      const edge = Math.max(month, entry.when.month);
      const sees = entry.when.month === month || Math.max(at, entry.at) < edge + longestMs.long;
      if (entry.inFlight === 'yes' && isInFlight(entry, at) && sees) least += 1;
    }
    return { least, most };
  }

  #windowsAt(at: number): Entry['when'] {
    const began = (period: LimitPeriod) => windowBy(period, at, this.#timeZone).began;
    const known = this.#windows.get(at) ?? {
      minute: began('minute'),
      hour: began('hour'),
      day: began('day'),
      week: began('week'),
      month: began('month'),
    };
    this.#windows.set(at, known);
    return known;
  }
}

const names = new WeakMap<Scope, string>();

/** All of a scope but its limits and shards. */
function nameOf(scope: Scope): string {
  const { limits: _, shards: __, ...name } = scope;
  const known = names.get(scope) ?? JSON.stringify(Object.entries(name).toSorted());
  names.set(scope, known);
  return known;
}

const isSame = (one: Scope, other: Scope) => nameOf(one) === nameOf(other);

interface Limit extends Place {
  readonly max: number;
  readonly burst: number | undefined;
}

const limitPlaces: readonly Place[] = limitKinds.flatMap((limit) =>
  limitPeriods.map((period) => ({ limit, period })),
);

/** The limits of a scope; USD in whole micro-USD. */
export function boundsOf({ limits }: Scope): Limit[] {
  return limitKinds.flatMap((limit) =>
    limitPeriods.flatMap((period) => {
      const max = limits[limit]?.[period] ?? undefined;
      const burst = period === 'minute' ? undefined : limits.pace?.[limit]?.[period]?.burst;
      const unit = limit === 'usd' ? 1e6 : 1;
      return max === undefined
        ? []
        : [
            {
              ...{ limit, period, max: Math.round(max * unit) },
              burst: burst === undefined ? undefined : Math.round(burst * unit),
            },
          ];
    }),
  );
}

function maxOf(scope: Scope, { limit, period }: Place): number {
  const bound = boundsOf(scope).find((one) => one.limit === limit && one.period === period);
  return bound ? bound.max : Number.POSITIVE_INFINITY;
}

const sum = (entries: readonly Entry[], end: 'least' | 'most', limit: LimitKind) =>
  entries.reduce((total, entry) => total + entry[end][limit], 0);

const isDead = ({ at, duration }: Entry, now: number) => at + deadAfterMs[duration] <= now;

const isInFlight = ({ at, duration }: Entry, now: number) => now <= at + longestMs[duration];
