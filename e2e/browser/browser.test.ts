import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import puppeteer, { type Browser } from 'puppeteer-core';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type System, startSystem } from '../harness.ts';

/** The browser of the package is for Linux. */
describe.skipIf(process.platform !== 'linux')('in a browser', () => {
  let directory: string;
  let browser: Browser;
  let script: string;

  // Bundling, and unpacking and starting a browser, take seconds.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'browser-'));
    await build({
      config: false,
      silent: true,
      entry: [join(import.meta.dirname, 'page.ts')],
      outDir: join(directory, 'page'),
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      noExternal: [/./],
      outExtension: () => ({ js: '.js' }),
    });
    script = await readFile(join(directory, 'page/page.js'), 'utf8');
    browser = await puppeteer.launch({
      executablePath: await chromium.executablePath(),
      headless: 'shell',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      userDataDir: join(directory, 'profile'),
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Serves a page from an origin of its own. */
  async function servePage(): Promise<string> {
    const server = createServer(({ url }, response) => {
      const isScript = url === '/page.js';
      response.setHeader('content-type', `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`);
      response.end(isScript ? script : '<!doctype html><script src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The page has no port.');
    return `http://localhost:${address.port}`;
  }

  /** A deployment whose config lets pages of an origin call. */
  const startFor = (origin: string): Promise<System> =>
    startSystem('compatible', {
      editTemplate: (template) =>
        JSON.parse(JSON.stringify(template).replaceAll('https://app.example.com', origin)),
    });

  /** Calls `tryAllowed` in a worker of the page. */
  const inWorker = `((...given) => new Promise((resolve) => {
    const script = 'importScripts("' + location.origin + '/page.js"); ' +
      'tryAllowed(...' + JSON.stringify(given) + ').then(postMessage)';
    const worker = new Worker(URL.createObjectURL(new Blob([script])));
    worker.onmessage = ({ data }) => resolve(data);
  }))`;

  async function callFrom(origin: string, { url, keyValue }: System, call = 'tryClients'): Promise<unknown> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(origin);
    return page.evaluate(`${call}(${JSON.stringify(url)}, ${JSON.stringify(keyValue('all-key'))})`);
  }

  test('a page of the origin calls with our client and with the SDKs of others, and reads the headers', async () => {
    const origin = await servePage();
    const names = ['nova-lite', 'claude-haiku-4.5', 'gpt-4o', 'openai/gpt-4o:mini'];
    expect(await callFrom(origin, await startFor(origin))).toEqual({
      ask: 'nova-lite',
      stream: 'nova-lite',
      models: ['nova-lite', 'claude-haiku-4.5'],
      usage: 1,
      openai: names,
      anthropic: names,
      encoded: 'openai/gpt-4o:mini',
      requestIdIsRead: true,
    });
  }, 60_000);

  test('a worker of the page has to be allowed as the page has, and then calls', async () => {
    const origin = await servePage();
    expect(await callFrom(origin, await startFor(origin), inWorker)).toEqual({
      refused: { failed: 'ConfigurationError' },
      usage: 1,
    });
  }, 60_000);

  test('a call that the browser holds back says what has to allow it, and that it may not have been sent', async () => {
    const origin = await servePage();
    const system = await startFor(origin);
    expect(await callFrom(origin, system, 'tryHeldBack')).toEqual({
      code: 'connection_failed',
      message: expect.stringMatching(
        /\(CORS\) with x-tenant\. Unless the browser held it back, the call may have been billed/,
      ),
    });
    expect(system.logs).toEqual([]);
  }, 60_000);

  test('from a page of another origin nothing comes as far as a function', async () => {
    const system = await startFor(await servePage());
    const failed = { failed: expect.any(String) };
    expect(await callFrom(await servePage(), system)).toEqual({
      ask: failed,
      stream: failed,
      models: failed,
      usage: failed,
      openai: failed,
      anthropic: failed,
      encoded: failed,
      requestIdIsRead: failed,
    });
    expect(system.logs).toEqual([]);
  }, 60_000);
});
