import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { configs } from '../configs.ts';
import { type System, startSystem } from '../harness.ts';
import { browserOfFile, type Operator } from './operator.ts';

/** The browser of the package is for Linux. */
describe.skipIf(process.platform !== 'linux')('the page of the console', () => {
  const browser = browserOfFile();

  /** @param before Happens before the page is opened. */
  async function start(
    before: (system: System) => Promise<void> = async () => {},
    config: 'shipped' | 'counted' = 'shipped',
  ) {
    const system = await startSystem(config, { config: configs[config] });
    await before(system);
    const operator = await browser.open(system.gateway.consoleUrl ?? '');
    await operator.see('Spend this month');
    return { system, operator };
  }

  /** New functions, which read the table again, as every function does after a minute. */
  const afterAMinute = ({ gateway }: System) => gateway.killFunctions();

  const ask = ({ send }: System, key: string, fields: object = {}) =>
    send({ key, body: { model: 'nova-lite', question: 'What is a dystopia?', maxTokens: 20, ...fields } });

  const valueOnPage = async (operator: Operator): Promise<string> => {
    await operator.see('This is the only time that its value is shown.');
    return operator.text('[data-testid="key-value"]');
  };

  test('a link opens it once; the tab keeps the session, and no address has the token', async () => {
    const system = await startSystem('shipped', { config: configs.shipped });
    const link = system.gateway.consoleUrl ?? '';
    const first = await browser.open(link);
    await first.see('Spend this month');
    expect(first.page.url()).toBe(`${new URL(link).origin}/console/#/overview`);
    await first.page.reload();
    await first.see('Spend this month');

    const second = await browser.open(link);
    await second.see('This link is used up');
    await second.see('proxy console');
    expect(first.complaints).toEqual([]);
  });

  test('a team and a key are made with clicks, and the next call with the key is answered', async () => {
    const { system, operator } = await start();
    await operator.press('Teams');
    await operator.press('Create a team');
    await operator.see('The team can be used at once');
    await operator.type('Name', 'acme');
    await operator.choose('Plan', 'research');
    await operator.see('800 requests a day');
    await operator.press('Create the team');
    await operator.see('Created the team acme on the plan research.');
    await operator.see('This team has no key yet');

    await operator.press('Create a key');
    await operator.type('Name', 'acme-app');
    await operator.type('Owner', 'mia@example.com');
    await operator.press('Create the key');
    const value = await valueOnPage(operator);
    expect((await ask(system, value)).status).toBe(200);

    // The line of curl is ready to be run.
    const curl = await operator.text('[role="tabpanel"] pre');
    expect(curl).toContain(value);
    const { stdout } = await promisify(execFile)('sh', ['-c', curl.replaceAll('\\ ', ' ')]);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'titan', text: expect.any(String) });
    for (const client of ['Our client', 'OpenAI SDK', 'Anthropic SDK', 'Claude Code']) {
      await operator.press(client);
      expect(await operator.text('[role="tabpanel"] pre')).toContain(value);
    }

    await operator.press('I have kept it');
    await operator.see('mia@example.com');
    await operator.see('Created the key acme-app');
    expect(await operator.kept()).not.toContain(value);
    expect(await operator.text()).not.toContain(value);
    expect(operator.complaints).toEqual([]);
  });

  test('a key is rotated, disabled, enabled, given an end and revoked, and calls with it follow', async () => {
    const { system, operator } = await start();
    await operator.go('teams/toll');
    await operator.press('Create a key');
    await operator.type('Name', 'app');
    await operator.press('Create the key');
    const old = await valueOnPage(operator);
    await operator.press('I have kept it');

    await operator.act('app', 'Rotate');
    await operator.see('The old value works on for the overlap');
    await operator.type('Overlap in hours', '2');
    await operator.press('Rotate the key');
    await operator.see('The old value works until Nov 22, 2026, 2:00 PM.');
    const rotated = await valueOnPage(operator);
    await operator.press('I have kept it');
    expect(rotated).not.toBe(old);
    expect([(await ask(system, old)).status, (await ask(system, rotated)).status]).toEqual([200, 200]);

    await operator.act('the old value of app', 'End the overlap');
    await operator.press('End the overlap');
    await operator.see('Removed 1 old value of app.');
    expect([(await ask(system, old)).status, (await ask(system, rotated)).status]).toEqual([401, 200]);

    await operator.act('app', 'Disable');
    await operator.press('Disable the key');
    await operator.see('Disabled app.');
    expect((await ask(system, rotated)).status).toBe(401);
    await operator.act('app', 'Enable');
    await operator.press('Enable the key');
    await operator.see('Enabled app.');
    expect((await ask(system, rotated)).status).toBe(200);

    await operator.act('app', 'Set an end');
    await operator.date('Last day', '2026-11-24');
    await operator.press('Set the end');
    await operator.see('ends the end of Nov 24, 2026');
    await afterAMinute(system);
    expect((await ask(system, rotated)).status).toBe(200);
    system.setTime('2026-11-25T00:00:00Z');
    await afterAMinute(system);
    expect((await ask(system, rotated)).status).toBe(401);

    await operator.act('app', 'Revoke');
    await operator.see('It cannot be undone.');
    await operator.press('Revoke the key');
    await operator.see('Revoked app.');
    await operator.see('Revoked the key app');
    expect(operator.complaints).toEqual([]);
  });

  test('limits are set, raised until a day and put back, and calls follow', async () => {
    const { system, operator } = await start();
    const key = system.keyValue('tollmkey');
    await operator.go('teams/toll');
    await operator.act('toll', 'Change limits');
    await operator.press('Set');
    await operator.type('Requests per day', '1');
    await operator.press('Set the limits');
    await operator.see('The limits of toll are now: 1 requests a day');
    await operator.see('0 of 1');
    await afterAMinute(system);
    expect((await ask(system, key)).status).toBe(200);
    expect((await ask(system, key)).error()).toMatchObject({ code: 'quota_exceeded', details: { max: 1 } });

    await operator.act('toll', 'Change limits');
    await operator.type('Requests per day', '3');
    await operator.date('Last day', '2026-11-30');
    await operator.press('Raise the limits');
    await operator.see('Requests per day is raised to 3 until the end of Nov 30, 2026.');
    await afterAMinute(system);
    expect((await ask(system, key)).status).toBe(200);

    await operator.act('toll', 'Change limits');
    await operator.press('As before');
    await operator.press('Go back');
    await operator.see('Went back to the limits as before');
    await operator.seeNoMore('Requests per day is raised');
    expect(operator.complaints).toEqual([]);
  });

  test('what cannot be done is said in the dialog, with what to do, and nothing is changed', async () => {
    const { operator } = await start();
    await operator.go('teams/toll');
    await operator.act('toll', 'Change limits');
    await operator.type('Requests per month', '5');
    await operator.press('Raise the limits');
    await operator.see('The limit is 100 requests/month already.');
    await operator.see('Give a higher one.');
    await operator.press('Cancel');
    await operator.see('0 of 100');
  });

  test('a team is moved to another plan and deleted, and its key follows', async () => {
    const { system, operator } = await start();
    await operator.go('teams');
    await operator.press('Create a team');
    await operator.type('Name', 'acme');
    await operator.choose('Plan', 'starter');
    await operator.press('Create the team');
    await operator.press('Create a key');
    await operator.type('Name', 'acme-app');
    await operator.press('Create the key');
    const value = await valueOnPage(operator);
    await operator.press('I have kept it');
    expect((await ask(system, value, { model: 'nova-pro' })).error().code).toBe('model_not_allowed');

    await operator.act('acme', 'Move to another plan');
    await operator.choose('Plan', 'research');
    await operator.press('Move the team');
    await operator.see('Moved acme and 1 of its keys to the plan research.');
    await afterAMinute(system);
    expect((await ask(system, value, { model: 'nova-pro' })).status).toBe(200);

    await operator.act('acme', 'Delete the team');
    await operator.type('Type the name of the team', 'acme');
    // Its name is that of the action too.
    await operator.page.locator('dialog button[type="submit"]').click();
    await operator.see('Deleted the team acme.');
    await afterAMinute(system);
    expect((await ask(system, value)).status).toBe(401);
    expect(operator.complaints).toEqual([]);
  });

  test('a table of teams is shown before it is made, with what is wrong, and then its keys work', async () => {
    const { system, operator } = await start();
    await operator.go('teams');
    await operator.press('Import');
    await operator.type('or its text', 'team,plan,key\nacme,starter,acme-app\nbeta,none,beta-app');
    await operator.press('Show what it would make');
    await operator.see('1 problem to fix first');
    await operator.type(
      'or its text',
      'team,plan,key\nacme,starter,acme-app\nbeta,research,beta-app\ntoll,starter,',
    );
    await operator.press('Show what it would make');
    await operator.see('problem');
    await operator.type('or its text', 'team,plan,key\nacme,starter,acme-app\nbeta,research,beta-app');
    await operator.press('Show what it would make');
    await operator.see('2 new teams, 2 new keys.');
    await operator.press('Make 2 teams and 2 keys');
    await operator.see('Made 2 teams and 2 keys.');
    const values = String(
      await operator.page.evaluate(
        '[...document.querySelectorAll("td code")].map((each) => each.innerText).join(" ")',
      ),
    ).split(' ');
    expect(values).toHaveLength(2);
    for (const value of values) expect((await ask(system, value)).status).toBe(200);
    expect(operator.complaints).toEqual([]);
  });

  test('the overview adds up what was used and refused, also as a table, and for the keyboard', async () => {
    const { operator } = await start(async (system) => {
      const key = system.keyValue('tollmkey');
      expect((await ask(system, key)).status).toBe(200);
      expect((await ask(system, key, { model: 'nova-pro' })).error().code).toBe('model_not_allowed');
    });
    await operator.see('model_not_allowed');
    await operator.see('Half of the calls end within');
    await operator.see('The most that November 2026 can cost');
    await operator.see('$50.25');
    expect(await operator.text('.figures-row')).toMatch(/Requests 1 .*Refused 50% 1 request/);

    await operator.page.focus('[role="slider"]');
    await operator.page.keyboard.press('ArrowLeft');
    const saturday = await operator.page.$eval('[role="slider"]', (slider) =>
      slider.getAttribute('aria-valuetext'),
    );
    expect(saturday).toBe('Saturday, November 21, 2026: $0.00');
    await operator.page.keyboard.press('End');
    const sunday = await operator.page.$eval('[role="slider"]', (slider) =>
      slider.getAttribute('aria-valuetext'),
    );
    expect(sunday).toMatch(/^Sunday, November 22, 2026: \$0\.0\d+, toll \$0\.0/);

    await operator.press('Show as a table');
    await operator.see('Nov 22');
    await operator.choose('Month', '2026-10');
    await operator.see('No calls in October 2026 yet');
    expect(operator.complaints).toEqual([]);
  });

  test('who is near a limit is on the overview and found among the teams', async () => {
    const { system, operator } = await start();
    await operator.go('teams/toll');
    await operator.act('toll', 'Change limits');
    await operator.press('Set');
    await operator.type('Requests per day', '1');
    await operator.press('Set the limits');
    await operator.see('0 of 1');
    await afterAMinute(system);
    await ask(system, system.keyValue('tollmkey'));
    await operator.go('overview');
    await operator.see('Requests per day: 1 of 1, until the end of Nov 22, 2026');
    await operator.go('teams');
    await operator.page.reload();
    await operator.press('Near a limit');
    await operator.see('1 of 2 teams');
    await operator.type('Search teams and plans', 'res');
    await operator.see('No team is like that');
    await operator.press('Show all teams');
    await operator.see('2 teams');
  });

  test('the playground asks as a key, shows the answer, its hold and charge, and never the value of the key', async () => {
    const { system, operator } = await start();
    const prompt = 'canary-prompt-4711';
    await operator.go('playground');
    await operator.choose('Key', 'research-key');
    await operator.choose('Model', 'nova-lite');
    await operator.press('Ask');
    await operator.see('Write a question.');
    await operator.type('Question', prompt);
    await operator.press('System, tools, image, length');
    await operator.type('System', 'Be brief.');
    await operator.type('Most tokens of the answer', '64');
    const [chooser] = await Promise.all([
      operator.page.waitForFileChooser(),
      operator.page.click('input[type="file"]'),
    ]);
    await chooser.accept([join(import.meta.dirname, '../../docs/images/api-reference.png')]);
    await operator.see('Remove the image');
    await operator.press('Remove the image');
    await operator.press('Ask');
    await operator.see(`You asked: ${prompt}`);
    await operator.see('The answer is complete.');
    await operator.see('Charged, tokens');
    await operator.see('of 800');
    const curl = await operator.text('[role="tabpanel"] pre');
    expect(curl).toContain('$BEDROCK_PROXY_API_KEY');
    const key = system.keyValue('research-key');
    const { stdout } = await promisify(execFile)('sh', ['-c', curl.replaceAll('\\ ', ' ')], {
      env: { ...process.env, BEDROCK_PROXY_API_KEY: key },
    });
    expect(stdout).toContain('event: done');

    await operator.press('Code');
    expect(await operator.text('[role="tabpanel"] pre')).toContain('createBedrockClient');
    expect(await operator.kept()).not.toContain(prompt);
    expect(operator.received.join(' ')).not.toContain(key);
    expect(system.logs.join(' ')).not.toContain(prompt);
    expect(operator.complaints).toEqual([]);
  });

  test('a refused request is looked up by its id, with the limit that refused it', async () => {
    let id = '';
    const { operator } = await start(async (system) => {
      for (let call = 0; call < 5; call += 1) expect((await system.ask('shared-key')).status).toBe(200);
      const refused = await system.ask('shared-key');
      expect(refused.error().code).toBe('quota_exceeded');
      id = refused.headers.get('x-request-id') ?? '';
    }, 'counted');
    await operator.press('Requests');
    await operator.see('Which request?');
    await operator.type('Request id', id);
    await operator.press('Look it up');
    await operator.see('It ended with the error quota_exceeded');
    await operator.see('Nothing was held');
    await operator.see('5 of 5');
    await operator.see('shared-key');
    await operator.type('Request id', 'no such id');
    await operator.press('Look it up');
    await operator.see('cannot be the id of a request');
  });
});
