import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHttpProxy } from '@org/admin/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { runRecorded } from './testing/recording-terminal.ts';

/** The commands that call AWS, and each one's first call. */
const commands = [
  [['doctor'], 'sts'],
  [['diff'], 'sts'],
  [['deploy', '--yes'], 'sts'],
  [['destroy', '--yes'], 'cloudformation'],
  [['prices'], 'api.pricing'],
  [['teams', 'list'], 'cloudformation'],
  [['keys', 'list'], 'cloudformation'],
  [['usage'], 'cloudformation'],
] as const;

const credentials = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'nowhere' };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
  for (const name of Object.keys(process.env)) if (/^AWS_|_proxy$/i.test(name)) vi.stubEnv(name, undefined);
  stub({ HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: join(home, 'config') });
  return () => vi.unstubAllEnvs();
});

function stub(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

const proxy = (...args: string[]) => runRecorded(args);

test.each(commands)(
  'proxy %j goes through the proxy of HTTPS_PROXY, and says what that answers',
  async (command, host) => {
    const { url, asked } = await startHttpProxy();
    stub({ ...credentials, HTTPS_PROXY: url });
    const { code, printed, noted } = await proxy(...command);
    expect(code).toBe(1);
    expect(asked[0]).toBe(`${host}.us-east-1.amazonaws.com:443`);
    const said = `${printed}\n${noted}`;
    expect(said).toMatch(/407 Proxy Authentication Required\n.*http:\/\/USER:PASSWORD@HOST:PORT/);
    expect(said).not.toMatch(/Sign in|aws sso login/);
  },
);

test.each(commands)(
  'proxy %j says that the network is at fault where it is',
  async (command) => {
    stub({ ...credentials, AWS_ENDPOINT_URL: 'http://aws.invalid', AWS_MAX_ATTEMPTS: '1' });
    const { printed, noted } = await proxy(...command);
    const said = `${printed}\n${noted}`;
    expect(said).toMatch(/aws\.invalid\n.*HTTPS_PROXY/);
    expect(said).not.toMatch(/Sign in|aws sso login/);
  },
  120_000,
);

async function withProfiles(text: string): Promise<void> {
  await writeFile(join(home, 'config'), text);
}

/** The message must be the same in `doctor`, which goes on, and in every other command. */
async function expectSaid(message: RegExp, advice: RegExp): Promise<void> {
  const doctor = await proxy('doctor');
  const [, finding = '', remedy = ''] = /^error +credentials: (.*)\n +(.*)$/m.exec(doctor.printed) ?? [];
  const usage = await proxy('usage');
  expect([doctor.code, usage.code]).toEqual([1, 1]);
  const [, failure = '', toDo = ''] = /^error: (.*)\n(.*)$/.exec(usage.noted) ?? [];
  for (const said of [finding, failure]) expect(said).toMatch(message);
  for (const said of [remedy, toDo]) expect(said).toMatch(advice);
}

test('a profile that does not exist is named, with those that do', async () => {
  await withProfiles(
    '[default]\nregion = x\n[profile prod]\nregion = x\n[sso-session work]\nsso_region = x\n',
  );
  // A misspelt profile must not fall back to other credentials.
  stub({ ...credentials, AWS_PROFILE: 'prdo' });
  await expectSaid(/^AWS_PROFILE is prdo\b/, /^Did you mean prod\? Choose one of: default, prod\./);
});

test('an error about an expired SSO session names the command that begins another', async () => {
  await withProfiles(
    '[profile dev]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n',
  );
  stub({ AWS_PROFILE: 'dev' });
  await expectSaid(/profile dev: The SSO session .* is invalid/, /^Sign in: aws sso login --profile dev\./);
});

test('an error about missing credentials names each way to get some', async () => {
  await expectSaid(/AWS credentials/, /aws sso login.*AWS_PROFILE.*AWS_ACCESS_KEY_ID/);
});

test('a profile with an MFA device cannot be used without a terminal to type its code', async () => {
  await withProfiles(
    '[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = nowhere\n',
  );
  stub({ AWS_PROFILE: 'admin' });
  await expectSaid(
    /^The profile admin needs a code from the MFA device arn:aws:iam::111122223333:mfa\/me\.$/,
    /terminal.*aws configure export-credentials --profile admin --format env\)" && unset AWS_PROFILE/,
  );
});
