import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** The results of one part of the benchmark, for the report of all parts. */
export const PartResult = z.object({
  title: z.string(),
  /** The part's page in `docs/benchmarks`. */
  page: z.string(),
  /** One line that explains the figures. */
  about: z.string(),
  /** The main finding, in a sentence or two of Markdown, if the report is to open with it. */
  headline: z.optional(z.string()),
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

/** Names the file from which `run.ts` reads the result of a part. */
export const resultFileVariable = 'BENCH_RESULT';

/**
 * Writes and prints the page of a part. If `run.ts` started it, also hands over the result for the report of all parts.
 *
 * @param text The whole page.
 */
export async function publish(result: PartResult, text: string): Promise<void> {
  await writeFile(join(import.meta.dirname, '../docs/benchmarks', result.page), text);
  process.stdout.write(text);
  const file = process.env[resultFileVariable];
  if (file) await writeFile(file, JSON.stringify(result));
}

/** Whether to measure briefly, only to see that it works: `npm run bench -- --short`. */
export const short = process.env['BENCH_SHORT'] === '1';
