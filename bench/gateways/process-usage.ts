import { readdir, readFile } from 'node:fs/promises';

/** CPU and memory of a process and of all processes that it started. */
export interface Usage {
  /** Of all processors, since they began. */
  readonly cpuSeconds: number;
  /** Now. Pages that processes share count in each. */
  readonly residentMegabytes: number;
}

/** Clock ticks of `/proc` in a second: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * Reads Linux's `/proc`; elsewhere `undefined`.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  if (process.platform !== 'linux') return undefined;
  const processes = (await Promise.all((await readdir('/proc')).filter(isNumber).map(readProcess))).flat();
  const tree = new Set([pid]);
  // Unless the numbers wrapped around, children have larger ones than their parents, so one pass per generation finds all.
  for (let size = 0; size < tree.size; ) {
    size = tree.size;
    for (const each of processes) if (tree.has(each.parent)) tree.add(each.pid);
  }
  const members = processes.filter((each) => tree.has(each.pid));
  return {
    cpuSeconds: members.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond,
    residentMegabytes: members.reduce((sum, { resident }) => sum + resident, 0) / 1e6,
  };
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

const pageBytes = 4096;

/** Undefined if the process has ended meanwhile. */
async function readProcess(name: string) {
  const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return [];
  // The name of the program, in brackets, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (index: number) => Number(fields[index - 3]);
  return [
    { pid: Number(name), parent: field(4), ticks: field(14) + field(15), resident: field(24) * pageBytes },
  ];
}
