import { readdirSync, readlinkSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import * as z from 'zod/mini';

/** A process's memory and sockets at a moment when it is idle. */
export interface Holding {
  /** Bytes of the heap of its main thread, after garbage collection. */
  readonly heap: number;
  /** The same for all its worker threads together. */
  readonly workerHeaps: number;
  /** Resident set size in bytes. */
  readonly resident: number;
  /** Open sockets; `undefined` if the system does not report it. */
  readonly sockets: number | undefined;
}

/** Weakly held objects and objects with a finalizer may survive the first collection. */
const passes = 3;

/** Collects the garbage of every thread of this process, and measures the rest. */
export async function measureHolding(): Promise<Holding> {
  const session = new Session();
  session.connect();
  try {
    const workerHeaps = await measureWorkers(session);
    for (let pass = 0; pass < passes; pass += 1) await session.post('HeapProfiler.collectGarbage');
    const { heapUsed, rss } = process.memoryUsage();
    return { heap: heapUsed, workerHeaps, resident: rss, sockets: openSockets() };
  } finally {
    session.disconnect();
  }
}

const HeapUsage = z.object({ usedSize: z.number() });
const Answer = z.object({ id: z.number(), result: z.unknown() });

/** A worker's inspector is reached through its parent's. */
async function measureWorkers(session: Session): Promise<number> {
  const workers: string[] = [];
  session.on('NodeWorker.attachedToWorker', ({ params }) => workers.push(params.sessionId));
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const sizes = await Promise.all(workers.map((sessionId) => measureWorker(session, sessionId)));
  await session.post('NodeWorker.disable');
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function measureWorker(session: Session, sessionId: string): Promise<number> {
  const ask = async (id: number, method: string): Promise<unknown> => {
    const answered = Promise.withResolvers<unknown>();
    const onMessage = ({ params }: { params: { sessionId: string; message: string } }) => {
      const { data } = z.safeParse(Answer, JSON.parse(params.message));
      if (params.sessionId === sessionId && data?.id === id) answered.resolve(data.result);
    };
    session.on('NodeWorker.receivedMessageFromWorker', onMessage);
    await session.post('NodeWorker.sendMessageToWorker', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
    return answered.promise;
  };
  for (let pass = 0; pass < passes; pass += 1) await ask(pass, 'HeapProfiler.collectGarbage');
  return HeapUsage.parse(await ask(passes, 'Runtime.getHeapUsage')).usedSize;
}

function openSockets(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
    } catch {
      // The descriptor that the directory was read with.
      return false;
    }
  }).length;
}
