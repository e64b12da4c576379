import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { startSystem } from '../harness.ts';
import { browserOfFile, desktop, type Operator, phone } from './operator.ts';
import { useOfAMonth } from './use-of-a-month.ts';

/** Each view with what is to be seen when it is complete. */
const views = {
  overview: 'The most that November 2026 can cost',
  teams: 'data-science',
  'teams/search': 'Recorded changes',
  'teams/+import': 'Nothing is made before you have seen this',
  models: 'nova-lite',
  playground: 'Nothing was asked yet',
  requests: 'Which request?',
  'no/such/view': 'There is no such view',
} as const;

/** `PICTURES=FOLDER vitest run --project e2e console/looks` also takes a picture of each view, to look at. */
const pictures = process.env['PICTURES'];

describe.skipIf(process.platform !== 'linux')('how the console looks', () => {
  const browser = browserOfFile();

  async function start(days: number) {
    const system = await startSystem('shipped', { config: configs.shipped });
    await useOfAMonth(system, days);
    const operator = await browser.open(system.gateway.consoleUrl ?? '');
    await operator.see('Spend this month');
    return { system, operator };
  }

  async function faultsOf({ page }: Operator): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
      );
  }

  const setTheme = ({ page }: Operator, theme: 'light' | 'dark') =>
    page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);

  test('axe finds nothing serious in any view, in both themes, on a desktop and a phone, and nothing is wider than the screen', async () => {
    const { operator } = await start(4);
    if (pictures) await mkdir(pictures, { recursive: true });
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(operator, theme);
      for (const size of [desktop, phone]) {
        await operator.resize(size);
        for (const [view, complete] of Object.entries(views)) {
          await operator.go(view);
          await operator.see(complete);
          await operator.until('document.querySelector("[aria-busy=true]") === null');
          const name = `${view.replaceAll('/', '-')}-${theme}-${size.width}`;
          if (pictures)
            await operator.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
          expect.soft(await faultsOf(operator), name).toEqual([]);
          const tooWide = await operator.page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect.soft(tooWide, name).toBeLessThanOrEqual(0);
          const isNamed = await operator.page.evaluate(
            '[...document.querySelectorAll("nav [aria-current]")].every((link) => link.getBoundingClientRect().right < innerWidth + 1)',
          );
          expect.soft(isNamed, name).toBe(true);
        }
      }
    }
    expect(operator.complaints).toEqual([]);
  }, 300_000);

  test('dialogs take the focus, keep it, close with Escape, and give it back', async () => {
    const { operator } = await start(1);
    const focused = () => operator.page.evaluate('document.activeElement?.innerText ?? ""');
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(operator, theme);
      await operator.go('teams/search');
      await operator.see('Recorded changes');
      await operator.page.focus('section[aria-labelledby="keys"] .card-head button');
      await operator.page.keyboard.press('Enter');
      await operator.see('Create a key of search');
      expect(
        await operator.page.evaluate('document.querySelector("dialog").contains(document.activeElement)'),
      ).toBe(true);
      expect.soft(await faultsOf(operator), theme).toEqual([]);
      await operator.page.keyboard.press('Escape');
      await operator.seeNoMore('Create a key of search');
      expect(await focused()).toBe('Create a key');

      await operator.act('search', 'Change limits');
      await operator.see('What to do');
      expect.soft(await faultsOf(operator), theme).toEqual([]);
      await operator.page.keyboard.press('Escape');
      await operator.seeNoMore('What to do');
    }
  });

  test('the whole way to a new key needs no mouse', async () => {
    const { operator } = await start(1);
    const { keyboard } = operator.page;
    await operator.page.keyboard.press('Tab');
    await keyboard.press('Enter');
    expect(await operator.page.evaluate('document.activeElement?.id')).toBe('main');
    await operator.go('teams/legal');
    await operator.see('Recorded changes');
    await operator.page.focus('section[aria-labelledby="keys"] .card-head button');
    await keyboard.press('Space');
    await operator.see('Create a key of legal');
    await keyboard.type('by-keyboard');
    await keyboard.press('Enter');
    await operator.see('This is the only time that its value is shown.');
    await keyboard.press('Escape');
    await operator.see('by-keyboard');
  });

  test('the theme is the system’s until one is chosen, which stays', async () => {
    const { operator } = await start(1);
    await setTheme(operator, 'dark');
    const scheme = () => operator.page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    expect(await scheme()).toBe('light dark');
    await operator.press('Light theme');
    expect(await scheme()).toBe('light');
    await operator.page.reload();
    await operator.see('Spend this month');
    expect(await scheme()).toBe('light');
  });

  test.runIf(process.env['UPDATE_DOCS'] === '1')(
    'the README has its picture',
    async () => {
      const { operator } = await start(22);
      await setTheme(operator, 'light');
      await operator.resize({ width: 1280, height: 836 });
      onTestFinished(() => operator.resize(desktop));
      await operator.see('model_not_allowed');
      const path = join(import.meta.dirname, '../../docs/images/console.png');
      await operator.page.screenshot({ path });
    },
    300_000,
  );
});
