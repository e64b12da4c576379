import { createServer } from 'node:http';
import { localEndpoints, openDeployment } from '@org/admin';
import { serveConsole } from '@org/console';
import { stackNameOf } from '@org/infra/config';
import { closeServer, listenOnLoopback } from '@org/local';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { teamName, writeManyTeams } from './many-teams.ts';
import { browserOfFile, type Operator } from './operator.ts';

const now = () => Date.parse('2026-11-22T12:00:00Z');

/** Serves a console whose calls to API Gateway's control plane come here, and are counted. */
async function serveCounted({ gateway }: System) {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    response.writeHead(500).end();
  });
  const endpoint = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  const config = configs.shipped;
  const endpoints = await localEndpoints(gateway.url, stackNameOf(config));
  const faults: unknown[] = [];
  const served = await serveConsole({
    port: 0,
    place: 'local',
    open: () =>
      openDeployment(
        config,
        (service) => (service === 'api_gateway' ? { ...endpoints(service), endpoint } : endpoints(service)),
        now,
      ),
    onFault: (fault) => faults.push(fault),
  });
  onTestFinished(served.close);
  return { ...served, faults, calls: () => calls };
}

const rowsOf = ({ page }: Operator) =>
  page.evaluate('document.querySelectorAll("table.teams tbody tr").length');

describe.skipIf(process.platform !== 'linux')('the console of a large deployment', () => {
  const browser = browserOfFile();

  test('of 2,000 teams with 5,000 keys, only rows that can be seen are in the page, and no list asks API Gateway', async () => {
    const system = await startSystem('shipped');
    await writeManyTeams(system, { teams: 2000, keys: 5000, plan: 'starter', most: 100 });
    const { link, faults, calls } = await serveCounted(system);
    const operator = await browser.open(link);
    await operator.see('All 250 teams near a limit');
    await operator.go('teams');
    await operator.see('2,002 teams');
    await operator.see(teamName(0));
    expect(await rowsOf(operator)).toBeLessThan(60);

    await operator.page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await operator.see(teamName(1999));
    expect(await rowsOf(operator)).toBeLessThan(60);
    await operator.page.evaluate('scrollTo(0, document.documentElement.scrollHeight / 2)');
    await operator.see(teamName(1000));
    expect(await rowsOf(operator)).toBeLessThan(60);

    await operator.page.evaluate('scrollTo(0, 0)');
    await operator.type('Search teams and plans', teamName(1234));
    await operator.see('1 of 2,002 teams');
    await operator.press('Near a limit');
    await operator.see('No team is like that');
    await operator.press('Show all teams');
    await operator.press('Near a limit');
    await operator.see('250 of 2,002 teams');

    await operator.go('playground');
    await operator.see('Nothing was asked yet');
    await operator.type('Key', 'key-4999');
    await operator.see(`Team ${teamName(999)}`);
    expect({ calls: calls(), faults }).toEqual({ calls: 0, faults: [] });
    expect(operator.complaints).toEqual([]);
  }, 300_000);
});
