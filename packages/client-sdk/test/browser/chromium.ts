import { defineBrowserProvider } from '@vitest/browser';
import type { Browser } from 'puppeteer-core';

declare module 'vitest/browser' {
  interface BrowserCommands {
    __vitest_viewport(): Promise<void>;
  }
}

/** Runs tests in a page of the Chromium that comes from npm. */
export const chromiumOfNpm = defineBrowserProvider({
  name: 'chromium-of-npm',
  options: {},
  providerFactory(project) {
    // The size of the page is of no use to tests without a page of their own.
    project.browser?.registerCommand('__vitest_viewport', () => Promise.resolve());
    let browser: Browser | undefined;
    return {
      name: 'chromium-of-npm',
      supportsParallelism: false,
      getCommandsContext: () => ({}),
      async openPage(_session, url) {
        // Every run of any test reads this file.
        const { default: chromium } = await import('@sparticuz/chromium');
        const { default: puppeteer } = await import('puppeteer-core');
        browser = await puppeteer.launch({
          executablePath: await chromium.executablePath(),
          headless: 'shell',
          args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        });
        const page = await browser.newPage();
        await page.goto(url, { timeout: 0 });
      },
      close: () => browser?.close(),
    };
  },
});
