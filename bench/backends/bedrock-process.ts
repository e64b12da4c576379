import { setTimeout as sleep } from 'node:timers/promises';
import { startBedrock } from '@org/local/bedrock';
import { clock } from './clock.ts';

/** How the pieces of streamed answers are let go. */
export type Pace =
  /** As fast as they are read. */
  | 'free'
  /** One a few milliseconds after the other; each time is noted. */
  | 'timed'
  /** The first at once, the others when the pace changes. */
  | 'held';

export interface Instruction {
  readonly pace: Pace;
  /** Of the answers to come, in place of the model's own. */
  readonly deltas?: readonly string[];
  /** How many answers are so. Default: 1. */
  readonly answers?: number;
}

/** Sent back when an instruction is followed: when pieces were sent since the last one, by `clock`. */
export interface Followed {
  readonly sentAt: readonly number[];
}

/** The simulated Bedrock in a process of its own, so that it takes no time from what is measured. */
const bedrock = await startBedrock();
let sentAt: number[] = [];
let held = Promise.withResolvers<void>();

process.on('message', ({ pace, deltas, answers = 1 }: Instruction) => {
  held.resolve();
  held = Promise.withResolvers();
  const { promise } = held;
  if (deltas) bedrock.answerNext(...Array.from({ length: answers }, () => ({ deltas })));
  switch (pace) {
    case 'free':
      bedrock.pace();
      break;
    case 'timed':
      bedrock.pace(async () => {
        await sleep(2);
        sentAt.push(clock());
      });
      break;
    case 'held':
      bedrock.pace((index) => (index === 0 ? Promise.resolve() : promise));
      break;
  }
  process.send?.({ sentAt } satisfies Followed);
  sentAt = [];
});
process.on('disconnect', () => process.exit());
process.send?.({ url: bedrock.url });
