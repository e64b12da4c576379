import { invalidConfigFile, readConfigFile } from '../config-file.ts';
import { readJson, readJsonVariable, readVariable } from '../variables.ts';
import { authorizerVariables, SignInEnvironment, TeamsByClaim } from './environment.ts';

export interface AuthorizerConfig extends Omit<SignInEnvironment, 'teams'> {
  /** Teams by claim value. Left out: the value is the team. */
  readonly teams?: Readonly<Record<string, string>> | undefined;
  /** Name of the DynamoDB table with the teams' keys. */
  readonly table: string;
}

/**
 * Reads the authorizer's environment once, at init.
 *
 * @param readFile Returns the text of the config file, if the environment names it. Default: the one beside the built code.
 * @throws {Error} Naming the variable or the file, so that a broken deployment fails at its first start.
 */
export function readAuthorizerConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readFile = readConfigFile,
): AuthorizerConfig {
  const table = readVariable(environment, authorizerVariables.table);
  const { teams, ...signIn } = readJsonVariable(environment, authorizerVariables.signIn, SignInEnvironment);
  const jwksUri = environment[authorizerVariables.jwksUrl] ?? signIn.jwksUri;
  return {
    ...signIn,
    jwksUri,
    teams: typeof teams === 'string' ? readJson(readFile(), TeamsByClaim, invalidConfigFile) : teams,
    table,
  };
}
