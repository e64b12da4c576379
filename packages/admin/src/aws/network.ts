import { readFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import { AdminError } from '../admin-error.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Connection settings, as an SDK client takes them. */
export interface Network {
  /** Milliseconds. */
  readonly connectionTimeout: number;
  readonly httpsAgent: AgentOptions;
}

/** A host behind a firewall may not answer at all, and the kernel waits two minutes for it. */
const connectionTimeoutMs = 10_000;

/**
 * How SDK clients reach AWS from this machine: through the proxy of `HTTPS_PROXY`, else `ALL_PROXY`, except
 * to hosts of `NO_PROXY`, in upper or lower case. The certificates of the file `AWS_CA_BUNDLE` replace Node's own
 * (`NODE_EXTRA_CA_CERTS` adds to those). `http:` addresses get no proxy, because no AWS service has one.
 *
 * @throws {AdminError} If the proxy is not an HTTP proxy, or the certificates cannot be read.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
 */
export function networkOf(environment: Environment): Network {
  const proxy = proxyOf(environment);
  const certificates = certificatesOf(environment);
  return {
    connectionTimeout: connectionTimeoutMs,
    httpsAgent: {
      ...(proxy !== undefined && {
        proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: environment['no_proxy'] || environment['NO_PROXY'] },
      }),
      ...(certificates !== undefined && { ca: certificates }),
    },
  };
}

function proxyOf(environment: Environment): string | undefined {
  const variable = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].find((name) => environment[name]);
  if (variable === undefined) return undefined;
  const proxy = environment[variable] ?? '';
  // `proxy.example.com:3128` is an HTTP proxy, as for curl.
  const [, scheme = 'http'] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(proxy) ?? [];
  const url = URL.parse(proxy.includes('://') ? proxy : `${scheme}://${proxy}`);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new AdminError('proxy_cannot_be_used', { variable });
  }
  return url.href;
}

function certificatesOf(environment: Environment): string | undefined {
  const file = environment['AWS_CA_BUNDLE'];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AdminError('certificates_cannot_be_read', { file, reason });
  }
}
