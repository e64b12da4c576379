import type { ProxyConfig } from './config.ts';

/** The tags of everything in a deployment: those of the config, and the deployment's name and stage. */
export function tagsOf({
  name,
  stage,
  tags,
}: Pick<ProxyConfig, 'name' | 'stage' | 'tags'>): Readonly<Record<string, string>> {
  return { ...tags, Application: name, Stage: stage };
}
