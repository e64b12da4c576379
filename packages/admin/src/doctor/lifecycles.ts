import type { ProxyConfig } from '@org/infra/config';
import { installation } from '@org/installation';
import { aliasOf, definitionOf } from '@org/models';
import { type Finding, warning } from './finding.ts';

/**
 * Finds Legacy models that have ended by their definition. The config itself is checked without a clock, so that a config
 * that could be deployed one day can be deployed the next.
 */
export function checkLifecycles({ models }: ProxyConfig, now: number): Finding[] {
  return models.flatMap((model) => {
    const lifecycle = definitionOf(model)?.lifecycle;
    if (lifecycle?.status !== 'legacy' || Date.parse(lifecycle.endOfLife) > now) return [];
    return [
      warning(
        { check: 'lifecycle', of: aliasOf(model) },
        `its end of life was ${lifecycle.endOfLife}, says its definition: calls get model_unavailable`,
        `Put another model in its place in models (${installation.documents}/models.md), or correct endOfLife where AWS put it off.`,
      ),
    ];
  });
}
