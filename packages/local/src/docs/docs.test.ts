import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edit } from '../testing/deployment.ts';
import { native, startTestGateway as start } from '../testing/gateway.ts';

const missingToken = { status: 403, errorType: 'MissingAuthenticationTokenException' };

test('the page and all that it loads come from the gateway, and nothing in it from elsewhere', async () => {
  const { docsUrl = '' } = await start();
  const page = await fetch(docsUrl);
  const html = await page.text();
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(html).not.toMatch(/https?:|"\/\/|<script(?! src=)|<style| on\w+=| style=/);
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  expect(loaded).toContain('/docs/swagger-ui-bundle.js');
  for (const path of loaded) {
    const response = await fetch(new URL(path, docsUrl));
    expect([path, response.status, (await response.text()).length > 0]).toEqual([path, 200, true]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('the page may load and call this gateway alone, run no script of its text, and be shown in no other', async () => {
  const { docsUrl = '' } = await start();
  const { headers } = await fetch(docsUrl);
  const policy = Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split('; ').map((each) => {
      const [name = '', ...sources] = each.split(' ');
      return [name, sources.join(' ')];
    }),
  );
  expect(policy).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('the document is the committed one, for this gateway by the name that it was asked by', async () => {
  const { url, docsUrl } = await start();
  const committed: object = JSON.parse(
    await readFile(join(import.meta.dirname, '../../../../docs/openapi.json'), 'utf8'),
  );
  for (const host of ['127.0.0.1', 'localhost']) {
    const response = await fetch(`${docsUrl}/openapi.json`.replace('127.0.0.1', host));
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      ...committed,
      servers: [{ url: url.replace('127.0.0.1', host), description: 'This gateway.' }],
    });
  }
});

test('what is not part of it is left to the API: other methods, other paths, names that are not of loopback', async () => {
  const { docsUrl = '', url } = await start();
  expect((await fetch(docsUrl, { method: 'HEAD' })).status).toBe(200);
  const posted = await fetch(docsUrl, { method: 'POST' });
  expect(await native(posted)).toMatchObject(missingToken);
  const paths = ['nothing', 'swagger-ui.js', '..%2fdocs.ts', '../docs.ts', 'toString', 'index.html'];
  for (const path of paths) {
    expect(await native(await fetch(`${docsUrl}/${path}`))).toMatchObject(missingToken);
  }
  expect(await native(await fetch(`${url}/docs`))).toMatchObject(missingToken);
  expect(await statusFor('evil.example.com', docsUrl)).toBe(403);
});

test('a stage may have its path, and then there is no reference', async () => {
  const gateway = await start({ editTemplate: (template) => edit(template, 'Stage', { StageName: 'docs' }) });
  expect(gateway.docsUrl).toBeUndefined();
  expect(gateway.url).toMatch(/\/docs$/);
  expect(await native(await fetch(gateway.url))).toMatchObject(missingToken);
  expect((await gateway.get('/other')).status).toBe(200);
});

/** The status of a request that is addressed to another host; `fetch` sends none of those. */
function statusFor(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}
