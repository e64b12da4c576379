import { chooseModel, namesFor } from '../call/choose.ts';
import type { Caller, ChosenModel, Config } from '../config.ts';

/**
 * A model as both OpenAI's and Anthropic's SDKs read it.
 *
 * @see https://platform.openai.com/docs/api-reference/models/object
 * @see https://platform.claude.com/docs/en/api/models/list
 */
interface ListedModel {
  /** Its name in a request. */
  readonly id: string;
  readonly object: 'model';
  readonly type: 'model';
  readonly display_name: string;
  /** Its maker, as its id in Bedrock begins; `custom` for an imported model. */
  readonly owned_by: string;
  /** The release date is not known here; Anthropic's API has the epoch for that. */
  readonly created: 0;
  readonly created_at: '1970-01-01T00:00:00Z';
  /** Tokens of prompt and answer together, if known. */
  readonly max_input_tokens: number | null;
  /** The most output tokens of an answer, within the plan's limit. */
  readonly max_tokens: number;
  /** Anthropic's own scheme; `GET /models` has ours. */
  readonly capabilities: null;
  readonly line: null;
  readonly lifecycle: 'active' | 'deprecated' | 'retired';
  readonly deprecated_at: null;
  readonly retires_at: string | null;
}

/** One page with all of them, as both SDKs read it. */
interface ListedModels {
  readonly object: 'list';
  readonly data: readonly ListedModel[];
  readonly has_more: false;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The models that a caller may ask, by every name that the deployment gives them. */
export function listedModelsFor(caller: Caller, config: Config): ListedModels {
  const data = namesFor(caller, config).map((name) => listedModelFor(name, caller, config));
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

/**
 * One model, under the name that the caller has for it.
 *
 * @throws {ProxyError} `unknown_model` or `model_not_allowed`.
 */
export function listedModelFor(name: string, caller: Caller, config: Config): ListedModel {
  const { definition } = chooseModel(name, caller, config);
  const { contextTokens, maxOutputTokens, modelId } = definition;
  return {
    id: name,
    object: 'model',
    type: 'model',
    display_name: name,
    owned_by: modelId.startsWith('arn:') ? 'custom' : modelId.replace(/\..*/s, ''),
    created: 0,
    created_at: '1970-01-01T00:00:00Z',
    max_input_tokens: contextTokens ?? null,
    max_tokens: Math.min(maxOutputTokens, caller.maxTokens ?? Number.POSITIVE_INFINITY),
    capabilities: null,
    line: null,
    deprecated_at: null,
    ...lifecycleOf(definition),
  };
}

const statuses = { active: 'active', legacy: 'deprecated', 'end-of-life': 'retired' } as const;

function lifecycleOf({
  lifecycle,
}: ChosenModel['definition']): Pick<ListedModel, 'lifecycle' | 'retires_at'> {
  const retiresAt = lifecycle.status === 'legacy' ? `${lifecycle.endOfLife}T00:00:00Z` : null;
  return { lifecycle: statuses[lifecycle.status], retires_at: retiresAt };
}
