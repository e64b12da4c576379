import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { configFile } from '@org/lambda/config-file';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** Holds code until the CDK has copied it into the cloud assembly. The process removes it when it ends. */
let temporaryFolder: string | undefined;

/**
 * The code of a function with a config as a file beside it. A file has room for any config; Lambda's environment has 4 KB.
 *
 * @param directory Of the built function.
 * @param options.exclude Folders to leave out.
 */
export function configuredCode(
  directory: string,
  config: object,
  { exclude = [] }: { readonly exclude?: readonly string[] } = {},
): Code {
  const parent = temporaryFolder ?? mkdtempSync(join(tmpdir(), 'proxy-functions-'));
  if (temporaryFolder === undefined) {
    temporaryFolder = parent;
    process.once('exit', () => rmSync(parent, { recursive: true, force: true }));
  }
  const folder = mkdtempSync(join(parent, 'code-'));
  cpSync(directory, folder, {
    recursive: true,
    filter: (source) => !exclude.includes(relative(directory, source)),
  });
  writeFileSync(join(folder, configFile), JSON.stringify(config));
  return Code.fromAsset(folder);
}
