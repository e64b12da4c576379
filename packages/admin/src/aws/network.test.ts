import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCredentials } from '../doctor/credentials.ts';
import { healthyAccount } from '../testing/aws-account.ts';
import { startTlsAws } from '../testing/aws-server.ts';
import { startHttpProxy } from '../testing/http-proxy.ts';
import { tlsCertificate } from '../testing/tls-certificate.ts';
import { localCredentials } from './local-gateway.ts';
import { networkOf } from './network.ts';

const sts = 'sts.us-east-1.amazonaws.com:443';

/** Asks STS for the caller's identity, as the SDK does by itself. */
const ask = async (environment: Record<string, string>, endpoint?: string) => {
  const { finding, account } = await checkCredentials({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: localCredentials,
    requestHandler: networkOf(environment),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return { account, what: finding.what };
};

async function certificateFile(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'certificates-')), 'company.pem');
  await writeFile(file, tlsCertificate);
  return file;
}

test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
  'AWS is reached through the proxy of %s, believing the certificates of AWS_CA_BUNDLE',
  async (variable) => {
    const proxy = await startHttpProxy(await startTlsAws(healthyAccount));
    const environment = { [variable]: proxy.url, AWS_CA_BUNDLE: await certificateFile() };
    expect(await ask(environment)).toMatchObject({ account: '111122223333' });
    expect(proxy.asked).toEqual([sts]);
  },
);

test('a proxy may be named without http://, as curl takes it', async () => {
  const proxy = await startHttpProxy();
  await ask({ HTTPS_PROXY: proxy.url.replace('http://', '') });
  expect(proxy.asked).toEqual([sts]);
});

test('an untrusted certificate is refused', async () => {
  const proxy = await startHttpProxy(await startTlsAws(healthyAccount));
  const { account, what } = await ask({ HTTPS_PROXY: proxy.url });
  expect(account).toBeUndefined();
  expect(what).toMatch(/self-signed certificate/);
});

test('a host of NO_PROXY is reached without the proxy', async () => {
  const port = await startTlsAws(healthyAccount);
  const proxy = await startHttpProxy(port);
  const { what } = await ask({ HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }, `https://127.0.0.1:${port}`);
  expect(what).toMatch(/certificate/);
  expect(proxy.asked).toEqual([]);
});

test('an error about the proxy does not show its password', async () => {
  const proxy = await startHttpProxy();
  const { what } = await ask({ HTTPS_PROXY: proxy.url.replace('//', '//me:secret@') });
  expect(what).toMatch(/407 Proxy Authentication Required/);
  expect(what).not.toMatch(/secret/);
});

test.each(['socks5://127.0.0.1:1080', 'http://', 'not a proxy'])('%j is not a proxy', (url) => {
  expect(() => networkOf({ HTTPS_PROXY: url })).toThrow(/^HTTPS_PROXY is not /);
});

test('an error about missing certificates names the file', () => {
  expect(() => networkOf({ AWS_CA_BUNDLE: '/nowhere/company.pem' })).toThrow(
    /AWS_CA_BUNDLE, \/nowhere\/company\.pem, cannot be read: ENOENT/,
  );
});
