import type { STSClientConfig } from '@aws-sdk/client-sts';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { type AskMfaCode, type Credentials, credentialsOf, type MachineCredentials } from './credentials.ts';
import { controlPlanePath, LocalEndpoints, localCredentials } from './local-gateway.ts';
import { type Environment, type Network, networkOf } from './network.ts';

export type ServiceName =
  | 'api_gateway'
  | 'bedrock'
  | 'cloudformation'
  | 'cloudwatch'
  | 'cloudwatch_logs'
  | 'dynamodb'
  | 'lambda'
  | 'sns';

/** Settings for SDK clients. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly credentials?: Credentials;
  readonly requestHandler?: NonNullable<STSClientConfig['requestHandler']>;
}

/** The settings for the client of a service. */
export type Endpoints = (service: ServiceName) => ClientSettings;

/** How this machine reaches AWS, and with which identity. */
export interface AwsAccess extends MachineCredentials {
  readonly requestHandler: Network;
}

/**
 * @param environment The process's variables, for proxy, certificates and profile.
 * @param askMfaCode Absent if there is no user to ask.
 * @throws {AdminError} As {@link networkOf}.
 */
export function awsAccess(environment: Environment, askMfaCode?: AskMfaCode): AwsAccess {
  const requestHandler = networkOf(environment);
  return { requestHandler, ...credentialsOf(environment, requestHandler, askMfaCode) };
}

/** Ten are enough for a bulk command, because API Gateway takes ten calls a second. The stack is read once, and first. */
const maxAttempts: Readonly<Record<ServiceName, number>> = {
  api_gateway: 10,
  dynamodb: 10,
  // CloudWatch Logs takes five searches a second.
  cloudwatch_logs: 10,
  bedrock: 3,
  cloudformation: 3,
  cloudwatch: 3,
  lambda: 3,
  sns: 3,
};

export function awsEndpoints(region: string, { credentials, requestHandler }: AwsAccess): Endpoints {
  return (service) => ({ region, maxAttempts: maxAttempts[service], credentials, requestHandler });
}

/**
 * Finds a local gateway's replacements for AWS. They never get real credentials.
 *
 * @param url The gateway's URL, with or without the stage.
 * @throws {AdminError} If no gateway answers, or it runs another stack.
 */
export async function localEndpoints(url: string, stackName: string): Promise<Endpoints> {
  const found = await askGateway(url);
  if (found.stack !== stackName) {
    throw new AdminError('local_gateway_runs_another', { url, stack: found.stack, wanted: stackName });
  }
  const { region } = found;
  return (service) => {
    const endpoint = found.endpoints[service];
    if (endpoint === undefined) {
      throw new AdminError('local_gateway_lacks_service', { url, service });
    }
    return { region, maxAttempts: maxAttempts[service], endpoint, credentials: localCredentials };
  };
}

/**
 * A sign-in token for a team, from the issuer of a local gateway.
 *
 * @param url The gateway's URL.
 * @returns Undefined if the gateway has no issuer.
 */
export async function localToken(url: string, team: string): Promise<string | undefined> {
  const { issuer } = await askGateway(url);
  if (issuer === undefined) return undefined;
  const response = await fetch(`${issuer}/jwt`, { method: 'POST', body: new URLSearchParams({ team }) });
  return response.ok ? response.text() : undefined;
}

async function askGateway(url: string): Promise<LocalEndpoints> {
  const origin = URL.parse(url)?.origin;
  const response = await fetch(`${origin}${controlPlanePath}`).catch(() => undefined);
  const { data } = z.safeParse(
    LocalEndpoints,
    response?.ok ? await response.json().catch(() => undefined) : undefined,
  );
  if (!data) throw new AdminError('no_local_gateway', { url });
  return data;
}
