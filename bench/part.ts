import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** What a part of the benchmark says in the one report. */
export const PartResult = z.object({
  title: z.string(),
  /** The page with the whole of it, in `docs/benchmarks`. */
  page: z.string(),
  /** One line on what the figures are. */
  about: z.string(),
  versions: z.record(z.string(), z.string()),
  aims: z.array(
    z.object({
      aim: z.string(),
      found: z.string(),
      met: z.boolean(),
    }),
  ),
  /** The main figures: a table. */
  figures: z.object({ head: z.array(z.string()), rows: z.array(z.array(z.string())) }),
});
export type PartResult = z.infer<typeof PartResult>;

/** Where `run.ts` waits for the result of the part that it has started. */
export const resultFileVariable = 'BENCH_RESULT';

/**
 * Writes the page of a part, prints it, and hands the result to the one report, where that is being made.
 *
 * @param text The whole page.
 */
export async function publish(result: PartResult, text: string): Promise<void> {
  await writeFile(join(import.meta.dirname, '../docs/benchmarks', result.page), text);
  process.stdout.write(text);
  const file = process.env[resultFileVariable];
  if (file) await writeFile(file, JSON.stringify(result));
}

/** Whether to measure briefly, to see that it works: `npm run bench -- --short`. */
export const short = process.env['BENCH_SHORT'] === '1';
