import { invalidConfigFile } from './config-file.ts';
import { environmentVariables, ProxyEnvironment } from './environment.ts';
import { readJson, readJsonVariable } from './variables.ts';

/**
 * Reads what the stack wrote: from the environment variable `PROXY_CONFIG`, or else from the file beside the code, with ids
 * in place of its tags.
 *
 * @throws {Error} Naming the variable or the file, and the field.
 */
export function readDeployedConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readFile: () => string,
): ProxyEnvironment {
  if (environment[environmentVariables.config] !== undefined)
    return readJsonVariable(environment, environmentVariables.config, ProxyEnvironment);
  return withIds(
    readJson(readFile(), ProxyEnvironment, invalidConfigFile),
    environment[environmentVariables.ids] ?? '',
  );
}

/**
 * Leaves out a tag without an id, and an id without a tag: a deployment may change the code and its file before the ids, or
 * after them.
 */
function withIds(config: ProxyEnvironment, text: string): ProxyEnvironment {
  const ids = new Map(
    text.split(',').map((pair): [string, string] => {
      const [tag = '', id = ''] = pair.split('=', 2);
      return [tag, id];
    }),
  );
  const idOf = (tag: string): string[] => {
    const id = ids.get(tag);
    return id === undefined ? [] : [id];
  };
  const keys = Object.entries(config.keys).flatMap(([tag, key]) => idOf(tag).map((id) => [id, key]));
  const plans = Object.entries(config.plans).map(([name, { inferenceProfiles = {}, ...plan }]) => {
    const profiles = Object.entries(inferenceProfiles);
    const known = profiles.flatMap(([alias, tag]) => idOf(tag).map((id) => [alias, id]));
    return [name, { ...plan, inferenceProfiles: Object.fromEntries(known) }];
  });
  const { promptLog, noticeTopic } = config;
  const [host] = idOf(promptLog?.host ?? '');
  return {
    ...config,
    keys: Object.fromEntries(keys),
    plans: Object.fromEntries(plans),
    inferenceProfileArn: idOf(config.inferenceProfileArn ?? '')[0],
    promptLog: host === undefined ? undefined : { ...promptLog, host },
    noticeTopic: idOf(noticeTopic ?? '')[0],
  };
}
