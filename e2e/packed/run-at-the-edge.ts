import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { SourceTextModule } from 'node:vm';
import { EdgeVM } from '@edge-runtime/vm';

/**
 * Runs a compiled conversation, an ES module, with the ES modules that it imports and the globals of an edge runtime:
 * those of the web, without Node's.
 *
 *   node --experimental-vm-modules run-at-the-edge.ts PROGRAM BASE_URL API_KEY
 */
const [program = '', baseUrl, apiKey] = process.argv.slice(2);
const { context } = new EdgeVM();
const resolve = createRequire(program).resolve;

async function load(file: string): Promise<SourceTextModule> {
  return new SourceTextModule(await readFile(file, 'utf8'), { identifier: file, context });
}

const module = await load(program);
// require.resolve finds the CommonJS file. The ES module is next to it.
await module.link((specifier) => load(resolve(specifier).replace(/\.cjs$/, '.js')));
await module.evaluate();
const { converse } = module.namespace as { converse(options: object): Promise<object> };
process.stdout.write(JSON.stringify(await converse({ baseUrl, apiKey })));
