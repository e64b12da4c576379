import type { CachePoints } from '@org/models';
import type { ChosenModel } from '../config.ts';
import { invalidField, ProxyError } from '../proxy-error.ts';
import type { CachePointBlock, ChatCall } from './call.ts';

type Parts = Pick<ChatCall, 'tools' | 'system' | 'messages'>;

/**
 * Refuses cache points that the model does not support.
 *
 * @throws {ProxyError} `unsupported_feature` for their place or duration, `invalid_request` for too many.
 */
export function refuseCachePoints(
  { cache, tools = [], system = [], messages }: Parts & Pick<ChatCall, 'cache'>,
  { alias, definition }: ChosenModel,
): void {
  const points = definition.upstream === 'converse' ? definition.cache?.points : undefined;
  // A model without any cache was refused earlier, for a missing feature.
  if (points === undefined) return;
  const blocks = { tools, system, messages: messages.flatMap((message) => message.blocks) };
  const found = (['tools', 'system', 'messages'] as const).flatMap((part) =>
    blocks[part].flatMap((block) => (block.type === 'cache_point' ? [{ part, ttl: block.ttl ?? '5m' }] : [])),
  );
  const unsupported = (name: string, param: string) =>
    new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support ${name}. Leave it out or choose another model.`,
      param,
    });
  const misplaced = found.find(({ part }) => !points.parts.includes(part));
  if (misplaced) throw unsupported(`a cache point in ${misplaced.part}`, misplaced.part);
  if (cache !== undefined && !points.ttls.includes(cache)) throw unsupported(`a cache of ${cache}`, 'cache');
  const lasting = found.find(({ ttl }) => !points.ttls.includes(ttl));
  if (lasting) throw unsupported(`a cache of ${lasting.ttl}`, lasting.part);
  if (found.length <= points.most) return;
  throw invalidField(
    'messages',
    `must have at most ${points.most} cache points, those of system and tools included`,
  );
}

/** The parts of a prompt, with a cache point after each part that supports one, if the call asks for a cache. */
export function cachedParts(
  { cache, tools, system, messages }: Parts & Pick<ChatCall, 'cache'>,
  { definition }: Pick<ChosenModel, 'definition'>,
): Parts {
  const points = definition.upstream === 'converse' ? definition.cache?.points : undefined;
  if (cache === undefined || points === undefined) return { tools, system, messages };
  const point: CachePointBlock = { type: 'cache_point', ttl: cache };
  const takes = (part: CachePoints['parts'][number]) => points.parts.includes(part);
  const last = messages.length - 1;
  return {
    tools: tools && takes('tools') ? [...tools, point] : tools,
    system: system && takes('system') ? [...system, point] : system,
    messages: takes('messages')
      ? messages.map(({ role, blocks }, index) => ({
          role,
          blocks: index === last ? [...blocks, point] : blocks,
        }))
      : messages,
  };
}
