import { aliasOf, capabilitiesOf, definitionOf, type OfferedModel, priceIn } from '@org/models';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';

/** The models that the proofs ask. */
export interface ProofModels {
  /** The cheapest model that answers questions. */
  readonly chat: string;
  /** Whether `chat` can stream. */
  readonly streams: boolean;
  /** The cheapest embedding model. */
  readonly embed: string | undefined;
  /** All models of the plan that have a price. */
  readonly all: readonly ProofModel[];
  /** A model that the deployment offers and the plan does not. */
  readonly forbidden: string | undefined;
}

export interface ProofModel {
  readonly alias: string;
  readonly kind: 'chat' | 'embed';
  /** The most output tokens that one call may ask for. */
  readonly maxTokens: number;
  /** Price of a million output tokens, in USD. */
  readonly outputUsd: number;
}

/** More requests than all proofs send. */
const requestsOfProofs = 100;

/**
 * The plan with the cheapest model, of those whose limits have room for all proofs, or else of the one with most room.
 *
 * @throws {AdminError} If no plan has a priced model that answers questions.
 */
export function cheapestPlan({ config }: Deployment): string {
  const priced = Object.entries(config.plans).flatMap(([name, { models, limits }]) => {
    const cheapest = pricedModels({ config }, models).find(({ kind }) => kind === 'chat');
    const room = Math.min(
      requestsOfProofs,
      ...Object.values(limits?.requests ?? {}).flatMap((max) => max ?? []),
    );
    return cheapest ? [{ name, room, cost: cheapest.cost }] : [];
  });
  const [plan] = priced.toSorted((a, b) => b.room - a.room || a.cost - b.cost);
  if (!plan) throw new AdminError('nothing_to_prove_with', { plan: undefined });
  return plan.name;
}

/** @throws {AdminError} If the plan has no priced model that answers questions. */
export function modelsOf(deployment: Deployment, plan: string): ProofModels {
  const { models: all, plans } = deployment.config;
  const { models: allowed = [], maxTokens = Number.POSITIVE_INFINITY } = plans[plan] ?? {};
  const priced = pricedModels(deployment, allowed);
  const chat = priced.find(({ kind }) => kind === 'chat');
  if (!chat) throw new AdminError('nothing_to_prove_with', { plan });
  return {
    chat: chat.alias,
    streams: capabilitiesOf(chat.definition).includes('stream'),
    embed: priced.find(({ kind }) => kind === 'embed')?.alias,
    all: priced.map(({ alias, kind, definition, price }) => ({
      ...{ alias, kind, outputUsd: price.output },
      maxTokens: Math.min(maxTokens, definition.upstream === 'embed' ? 0 : definition.maxOutputTokens),
    })),
    forbidden: all.map(aliasOf).find((alias) => !allowed.includes(alias)),
  };
}

/** The priced ones of some models, the cheapest first. */
function pricedModels({ config }: Pick<Deployment, 'config'>, aliases: readonly string[]) {
  return config.models
    .filter((model) => aliases.includes(aliasOf(model)))
    .flatMap((model) => {
      const definition = definitionOf(model);
      const price = priceIn(config, model);
      return definition && price
        ? [
            {
              alias: aliasOf(model),
              kind: kindOf(model),
              definition,
              price,
              cost: price.input + price.output,
            },
          ]
        : [];
    })
    .toSorted((a, b) => a.cost - b.cost);
}

function kindOf(model: OfferedModel): ProofModel['kind'] {
  return definitionOf(model)?.upstream === 'embed' ? 'embed' : 'chat';
}
