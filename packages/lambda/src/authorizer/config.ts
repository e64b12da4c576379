import { authorizerVariables, SignInEnvironment } from './environment.ts';

export interface AuthorizerConfig extends SignInEnvironment {
  /** Name of the DynamoDB table that has the keys of teams. */
  readonly table: string;
}

/**
 * Reads the authorizer's environment, once, at init.
 *
 * @throws {Error} Naming the variable, so that a broken deployment fails at its first start.
 */
export function readAuthorizerConfig(
  environment: Readonly<Record<string, string | undefined>>,
): AuthorizerConfig {
  const table = environment[authorizerVariables.table];
  if (!table) throw invalid(authorizerVariables.table, 'it is not set');
  const text = environment[authorizerVariables.signIn];
  if (text === undefined) throw invalid(authorizerVariables.signIn, 'it is not set');
  const signIn = SignInEnvironment.safeParse(parse(text));
  if (!signIn.success) {
    const faults = signIn.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw invalid(authorizerVariables.signIn, faults.join('; '));
  }
  const jwksUri = environment[authorizerVariables.jwksUrl] ?? signIn.data.jwksUri;
  return { ...signIn.data, jwksUri, table };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(authorizerVariables.signIn, 'it is not JSON');
  }
}

function invalid(variable: string, reason: string): Error {
  return new Error(`The environment variable ${variable} is not valid: ${reason}`);
}
