import { changeLimits, createKey, createTeam, localEndpoints, openDeployment, rotateKey } from '@org/admin';
import { stackNameOf } from '@org/infra/config';
import { onTestFinished } from 'vitest';
import { configs } from '../configs.ts';
import type { System } from '../harness.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Teams with their plan, their model, and how many calls they make on a working day. */
const teams = [
  { name: 'platform', plan: 'research', model: 'nova-pro', calls: 6 },
  { name: 'data-science', plan: 'research', model: 'nova-pro', calls: 5 },
  { name: 'checkout', plan: 'research', model: 'nova-pro', calls: 4 },
  { name: 'search', plan: 'research', model: 'nova-pro', calls: 3 },
  { name: 'support-bot', plan: 'research', model: 'nova-pro', calls: 3 },
  { name: 'mobile', plan: 'research', model: 'nova-pro', calls: 2 },
  { name: 'partners', plan: 'research', model: 'nova-pro', calls: 2 },
  { name: 'marketing', plan: 'starter', model: 'nova-lite', calls: 3 },
  { name: 'legal', plan: 'starter', model: 'nova-lite', calls: 1 },
  { name: 'design', plan: 'starter', model: 'nova-lite', calls: 1 },
] as const;

/**
 * Teams at work, on so many days up to 22 November 2026, a Sunday: most of them on working days, one near a limit, one refused.
 * The same each time.
 */
export async function useOfAMonth({ gateway, send, setTime }: System, days: number): Promise<void> {
  const last = Date.parse('2026-11-22T12:00:00Z');
  let now = last - (days - 1) * dayMs;
  const at = (time: number) => {
    now = time;
    setTime(new Date(time).toISOString());
  };
  at(now);
  const config = configs.shipped;
  const endpoints = await localEndpoints(gateway.url, stackNameOf(config));
  const deployment = await openDeployment(config, endpoints, () => now);
  onTestFinished(() => deployment.close());
  const values = new Map<string, string>();
  for (const { name, plan } of teams) {
    await createTeam(deployment, name, plan);
    const key = { name: `${name}-app`, team: name, owner: `${name}@example.com`, note: 'production' };
    values.set(name, (await createKey(deployment, key)).value);
  }
  const ask = (team: string, model: string, words: number) =>
    send({
      key: values.get(team),
      body: { model, question: 'dystopia '.repeat(words), maxTokens: 400 },
    });
  for (let day = 0; day < days; day += 1) {
    at(last - (days - 1 - day) * dayMs);
    const isWeekend = [0, 6].includes(new Date(now).getUTCDay());
    for (const [index, { name, model, calls }] of teams.entries()) {
      // No chance in it, and yet no day like another.
      const some = (day * 7 + index * 5) % 4;
      const today = isWeekend ? some % 2 : Math.max(0, calls + some - 2);
      for (let call = 0; call < today; call += 1) {
        await ask(name, model, 800 + ((day * 31 + index * 17 + call * 13) % 9) * 900);
      }
    }
  }
  at(last);
  await changeLimits(deployment, { team: 'marketing' }, { action: 'set', limits: { requests: { day: 10 } } });
  await changeLimits(
    deployment,
    { team: 'search' },
    { action: 'raise', limits: { usd: { day: 9 } }, until: last + 5 * dayMs },
  );
  await rotateKey(deployment, { name: 'search-app', overlap: dayMs });
  await gateway.killFunctions();
  for (let call = 0; call < 9; call += 1) await ask('marketing', 'nova-lite', 100);
  for (let call = 0; call < 4; call += 1) await ask('design', 'nova-pro', 10);
}
