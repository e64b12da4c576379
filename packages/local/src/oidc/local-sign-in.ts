import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { authorizerVariables, SignInEnvironment } from '@org/lambda/authorizer-environment';
import type { LocalGateway } from '../gateway.ts';
import type { LocalIssuer } from './issuer.ts';

/** Environment variables that make the functions accept a local issuer's keys in place of their own issuer's. */
export function issuerEnvironment({ jwksUrl }: LocalIssuer): Record<string, string> {
  return { [authorizerVariables.jwksUrl]: jwksUrl };
}

/**
 * Makes sign-in work on a local gateway: the issuer takes the place of the deployment's, and each of the config's teams
 * gets its key.
 */
export async function setUpSignIn(
  { url, functions }: Pick<LocalGateway, 'url' | 'functions'>,
  issuer: LocalIssuer,
  config: ProxyConfig,
): Promise<void> {
  const text = functions
    .map(({ environment }) => environment[authorizerVariables.signIn])
    .find((value) => value !== undefined);
  if (text === undefined) throw new Error('The deployment has no sign-in.');
  issuer.standFor(SignInEnvironment.parse(JSON.parse(text)));

  // Takes seconds to import, so only configs with sign-in wait for it.
  const { localEndpoints, openDeployment, syncSignInKeys } = await import('@org/admin');
  const endpoints = await localEndpoints(url, stackNameOf(config));
  const deployment = await openDeployment(config, endpoints, Date.now);
  try {
    await syncSignInKeys(deployment);
  } finally {
    deployment.close();
  }
}
