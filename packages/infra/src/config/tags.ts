import type { ProxyConfig } from './config.ts';

/** Dashboards only recently got tags, and some template checks do not know them yet. */
export const untagged = 'AWS::CloudWatch::Dashboard';

/** The tags of everything else in a deployment: those of the config, and the deployment's name and stage. */
export function tagsOf({
  name,
  stage,
  tags,
}: Pick<ProxyConfig, 'name' | 'stage' | 'tags'>): Readonly<Record<string, string>> {
  return { ...tags, Application: name, Stage: stage };
}
