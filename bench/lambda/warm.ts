import { inTurns, timed } from '../measure/turns.ts';
import { runMeasurement } from './measurement.ts';

/** Milliseconds of each call. */
export type Warm = Readonly<Record<'bare' | 'unlimited' | 'limited', readonly number[]>>;

const rounds = { warmUp: 200, measured: 1000 };

await runMeasurement(async ({ ask, bareAsk }): Promise<Warm> => {
  const unlimited = () => ask('unlimited');
  const limited = () => ask('limited');
  const times = await inTurns([bareAsk, unlimited, limited], rounds, timed);
  const of = (call: () => Promise<void>) => times.get(call) ?? [];
  return { bare: of(bareAsk), unlimited: of(unlimited), limited: of(limited) };
});
