import { readJsonVariable, readVariable } from '../variables.ts';
import { authorizerVariables, SignInEnvironment } from './environment.ts';

export interface AuthorizerConfig extends SignInEnvironment {
  /** Name of the DynamoDB table with the teams' keys. */
  readonly table: string;
}

/**
 * Reads the authorizer's environment once, at init.
 *
 * @throws {Error} Naming the variable, so that a broken deployment fails at its first start.
 */
export function readAuthorizerConfig(
  environment: Readonly<Record<string, string | undefined>>,
): AuthorizerConfig {
  const table = readVariable(environment, authorizerVariables.table);
  const signIn = readJsonVariable(environment, authorizerVariables.signIn, SignInEnvironment);
  const jwksUri = environment[authorizerVariables.jwksUrl] ?? signIn.jwksUri;
  return { ...signIn, jwksUri, table };
}
