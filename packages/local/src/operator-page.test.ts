import config from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { edit } from './testing/deployment.ts';
import { native, startTestGateway as start } from './testing/gateway.ts';

const missingToken = { status: 403, errorType: 'MissingAuthenticationTokenException' };

test('with the config of its stack, the gateway serves the page; what only begins like its path is left to the API', async () => {
  const { consoleUrl = '', url } = await start({ config });
  const { origin } = new URL(consoleUrl);
  const page = await fetch(`${origin}/console`);
  expect([page.status, page.url]).toEqual([200, `${origin}/console/`]);
  expect(await page.text()).toContain('<div id="root">');
  for (const address of [`${origin}/consoles`, `${origin}/console.js`, `${url}/console`]) {
    expect(await native(await fetch(address))).toMatchObject(missingToken);
  }
});

test('a stage may have its path, and then there is no page', async () => {
  const gateway = await start({
    config,
    editTemplate: (template) => edit(template, 'Stage', { StageName: 'console' }),
  });
  expect(gateway.consoleUrl).toBeUndefined();
  expect(await native(await fetch(gateway.url))).toMatchObject(missingToken);
  expect((await gateway.get('/other')).status).toBe(200);
});
