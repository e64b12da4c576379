import { writeFile } from 'node:fs/promises';

/** What a part of the benchmark says in the one report, where its form is checked. */
interface Result {
  readonly title: string;
  readonly page: string;
  readonly about: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly aims: readonly {
    readonly aim: string;
    readonly found: string;
    readonly met: boolean;
  }[];
  readonly figures: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** Hands a result to the one report, where it is being made. */
export async function handOver(result: Result): Promise<void> {
  const file = process.env['BENCH_RESULT'];
  if (file) await writeFile(file, JSON.stringify(result));
}
