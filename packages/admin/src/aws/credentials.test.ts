import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { checkCredentials } from '../doctor/credentials.ts';
import { healthyAccount } from '../testing/aws-account.ts';
import { startAws } from '../testing/aws-server.ts';
import { awsAccess, awsEndpoints } from './endpoints.ts';

const device = 'arn:aws:iam::111122223333:mfa/me';

afterEach(() => vi.unstubAllEnvs());

/** Asks for the caller's identity, with a profile whose role wants a code from an MFA device. */
async function askByRole(askMfaCode?: (device: string) => Promise<string | undefined>) {
  const directory = await mkdtemp(join(tmpdir(), 'profiles-'));
  const file = join(directory, 'config');
  await writeFile(
    file,
    `[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/admin\nsource_profile = base\nmfa_serial = ${device}\n` +
      '[profile base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = nowhere\n',
  );
  const { endpoint = '' } = await startAws({
    ...healthyAccount,
    AssumeRole: {
      body: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    },
  });
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  const environment = { AWS_PROFILE: 'admin', AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL: endpoint };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const access = awsAccess(environment, askMfaCode);
  const settings = awsEndpoints('us-east-1', access)('cloudformation');
  const identities = [await checkCredentials(settings), await checkCredentials(settings)] as const;
  return { identities, typed: await access.typedCredentials().catch(() => undefined) };
}

test('the code of an MFA device is asked for once', async () => {
  const asked: string[] = [];
  const { identities, typed } = await askByRole(async (device) => {
    asked.push(device);
    return '123456';
  });
  expect(identities).toMatchObject([{ account: '111122223333' }, { account: '111122223333' }]);
  expect(asked).toEqual([device]);
  // For the CDK, which would ask for the next code.
  expect(typed).toMatchObject({ accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' });
});

test('if no code is typed, the error names the device', async () => {
  const {
    identities: [{ finding }],
  } = await askByRole(async () => undefined);
  expect(finding).toMatchObject({
    status: 'error',
    what: `The profile admin needs a code from the MFA device ${device}.`,
  });
});
