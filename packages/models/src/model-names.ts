import type { ModelDefinition } from './model.ts';

/** Anthropic's own id of a model: `anthropic.claude-haiku-4-5-20251001-v1:0` without vendor and version. */
const anthropicId = /^anthropic\.(?<id>claude-[a-z0-9-]+?)(?:-v\d+(?::\d+)?)?$/;

/** The day of a snapshot, at the end of one of Anthropic's ids. */
const snapshot = /-\d{8}$/;

/**
 * Other names of a model: its id in Bedrock, bare and with each inference profile; for Claude also Anthropic's own ids,
 * with and without the day of the snapshot; for an imported model, its ARN.
 *
 * @example namesOf(catalogue['claude-haiku-4.5']) // claude-haiku-4-5, claude-haiku-4-5-20251001, us.anthropic.…
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 */
export function namesOf({ modelId, inferenceProfiles = {} }: ModelDefinition): string[] {
  const profiles = Object.keys(inferenceProfiles).map((prefix) => `${prefix}.${modelId}`);
  const id = anthropicId.exec(modelId)?.groups?.['id'];
  const own = id === undefined ? [] : [id, id.replace(snapshot, '')];
  return [...new Set([modelId, ...profiles, ...own])];
}
