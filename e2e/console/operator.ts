import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, onTestFinished, vi } from 'vitest';

/** A busy machine is slow. */
const patience = { timeout: 60_000, interval: 50 };

/** Starts a browser for the tests of a file. */
export function browserOfFile(): { readonly open: (link: string, size?: Size) => Promise<Operator> } {
  let directory: string;
  let browser: Browser;
  // Unpacking and starting it takes seconds.
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'console-'));
    browser = await puppeteer.launch({
      executablePath: await chromium.executablePath(),
      headless: 'shell',
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        // Numbers and dates as the tests expect them.
        '--lang=en-US',
        '--hide-scrollbars',
      ],
      userDataDir: join(directory, 'profile'),
    });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    open: async (link, size = desktop) => {
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      const operator = new Operator(page);
      await operator.resize(size);
      await page.goto(link);
      return operator;
    },
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const desktop: Size = { width: 1280, height: 900 };
export const phone: Size = { width: 390, height: 844 };

/** Somebody who uses the page by what is to be seen there: names of buttons and fields, and text. */
export class Operator {
  readonly page: Page;
  /** What the page wrote to the browser's console, and its errors. */
  readonly complaints: string[] = [];
  /** Every body that the page got from its server. */
  readonly received: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patience.timeout);
    page.on('console', (message) => this.complaints.push(message.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('response', (response) => {
      // A body that is still coming when the page closes was not received.
      void response.text().then(
        (text) => this.received.push(text),
        () => {},
      );
    });
  }

  resize(size: Size): Promise<void> {
    return this.page.setViewport(size);
  }

  /** Presses the button or follows the link of this name. */
  async press(name: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${name}"])`).click();
  }

  /** Opens the actions of a key or a team, and chooses one. */
  async act(of: string, action: string): Promise<void> {
    await this.press(`Actions for ${of}`);
    await this.press(action);
  }

  /** Types into the field of this label, in place of what was there. */
  async type(label: string, text: string): Promise<void> {
    const field = await this.field(label);
    await field.asLocator().fill(text);
  }

  /** Gives the field of this label a date, `2026-11-24`. */
  async date(label: string, date: string): Promise<void> {
    const field = await this.field(label);
    // As the browser's own picker does: where which part is typed depends on the language.
    await field.evaluate((input, value) => {
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value') ?? {};
      set?.call(input, value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, date);
  }

  /** Chooses an option of the field of this label. */
  async choose(label: string, value: string): Promise<void> {
    const field = await this.field(label);
    await field.select(value);
  }

  /** A cell of a table has the name of the field in it, so the first that has a name may be none. */
  field(label: string): Promise<ElementHandle> {
    return vi.waitFor(async () => {
      for (const named of await this.page.$$(`::-p-aria([name="${label}"])`)) {
        const isField = await named.evaluate((element) =>
          /^(?:INPUT|SELECT|TEXTAREA)$/.test(element.tagName),
        );
        if (isField) return named;
      }
      throw new Error(`There is no field ${label}.`);
    }, patience);
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    // Otherwise it is evaluated, and the page drawn, for every frame.
    await this.page.waitForFunction(expression, { polling: patience.interval });
  }

  /** Waits until a text is to be seen. */
  async see(text: string): Promise<void> {
    await this.until(`document.body.innerText.replaceAll(/\\s+/g, ' ').includes(${JSON.stringify(text)})`);
  }

  /** Waits until a text is not to be seen any more. */
  async seeNoMore(text: string): Promise<void> {
    await this.until(`!document.body.innerText.replaceAll(/\\s+/g, ' ').includes(${JSON.stringify(text)})`);
  }

  /** What is to be seen, without line breaks. */
  async text(selector = 'body'): Promise<string> {
    return String(
      await this.page.evaluate(
        `document.querySelector(${JSON.stringify(selector)})?.innerText.replaceAll(/\\s+/g, ' ') ?? ''`,
      ),
    );
  }

  /** Goes to a view by its address. */
  async go(view: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(`#/${view}`)}`);
  }

  /** All that the browser keeps for the page, and where it is. */
  async kept(): Promise<string> {
    return String(
      await this.page.evaluate(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie, history.state])',
      ),
    );
  }
}
