import type { Block, Prompt, Tool, Ttl } from '../model/prompt.ts';
import type { CachePoints } from '../model/prompt-cache.ts';
import { firstProblem } from './place.ts';

/**
 * The first problem of a prompt's cache points.
 *
 * @param taken The cache points that the model takes. A prompt for a model that takes none does not reach this rule.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function cacheProblem(prompt: Prompt, taken: CachePoints | undefined): string | undefined {
  const points = pointsOf(prompt);
  const { most = 0, ttls = [] } = taken ?? {};
  const unknown = points.find(({ ttl }) => !ttls.includes(ttl));
  if (unknown) return `${unknown.place}.cache_control.ephemeral.ttl: Extra inputs are not permitted`;
  if (points.length > most) {
    return `A maximum of ${most} blocks with cache_control may be provided. Found ${points.length}.`;
  }
  return firstProblem(points, ({ place, ttl }, index) =>
    ttl === '1h' && points.slice(0, index).some((before) => before.ttl === '5m')
      ? `${place}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control ` +
        'block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.'
      : undefined,
  );
}

interface Point {
  readonly ttl: Ttl;
  /** Place of the block before it. */
  readonly place: string;
}

function pointsOf({ tools, system, messages }: Prompt): Point[] {
  return [
    ...pointsIn(tools, 'tools'),
    ...pointsIn(system, 'system'),
    ...messages.flatMap(({ content }, index) => pointsIn(content, `messages.${index}.content`)),
  ];
}

function pointsIn(list: readonly (Block | Tool)[], where: string): Point[] {
  let blocks = 0;
  return list.flatMap((block) => {
    if (block.type === 'cache_point')
      return [{ ttl: block.ttl, place: `${where}.${Math.max(0, blocks - 1)}` }];
    blocks += 1;
    return [];
  });
}
