import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { controlPlanePath, LocalEndpoints, localCredentials } from './local-gateway.ts';

export type ServiceName = 'api_gateway' | 'cloudformation' | 'dynamodb';

/** What clients of the SDK are made with; everything else is the SDK's default, the credentials among it. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly credentials?: typeof localCredentials;
}

/** The settings for the client of a service. */
export type Endpoints = (service: ServiceName) => ClientSettings;

/** Enough for a bulk command to wait its turn: API Gateway takes ten calls a second. */
const maxAttempts = 10;

export function awsEndpoints(region: string): Endpoints {
  return () => ({ region, maxAttempts });
}

/**
 * Finds what a local gateway has in place of AWS. It never gets real credentials.
 *
 * @param url Of the gateway, with or without the stage.
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
    return { region, maxAttempts, endpoint, credentials: localCredentials };
  };
}

async function askGateway(url: string): Promise<LocalEndpoints> {
  const origin = URL.parse(url)?.origin;
  const response = await fetch(`${origin}${controlPlanePath}`).catch(() => undefined);
  const { data } = z.safeParse(LocalEndpoints, response?.ok ? await response.json() : undefined);
  if (!data) throw new AdminError('no_local_gateway', { url });
  return data;
}
