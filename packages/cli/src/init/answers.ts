import { ConfigError, parseProxyConfig } from '@org/infra/config';

/** What `init` asks. */
export interface Answers {
  /** Prefix of the stack's name. */
  readonly name: string;
  readonly region: string;
  /** The first team. */
  readonly team: string;
  /** Its limit in USD a month. */
  readonly budget: number;
  /** Aliases of the catalogue. */
  readonly models: readonly string[];
}

export type Question = keyof Answers;

/** The config that the answers make. Its plan is generous except for the budget, which holds exactly. */
export function configOf({ name, region, team, budget, models }: Answers) {
  const plan = {
    throttle: { rate: 10, burst: 20 },
    quota: { limit: 100_000, period: 'DAY' },
    models,
    limits: { usd: { month: budget } },
  };
  return {
    ...{ name, stage: 'dev', region, models },
    plans: { starter: plan },
    teams: { [team]: { plan: 'starter', keys: [`${team}-key`] } },
  };
}

const usualModels = ['nova-lite', 'nova-pro', 'claude-haiku-4.5', 'claude-sonnet-4.6'];

/** The answers of somebody who does not mind. */
export function defaultAnswers(folderName: string, region = 'us-east-1'): Answers {
  const name = folderName.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const usual = { name: 'bedrock-proxy', region, team: 'developers', budget: 50 };
  const works = (each: string) => faultsOf({ ...usual, models: [each] }).length === 0;
  const answers = { ...usual, models: usualModels.filter(works) };
  return faultOf('name', { ...answers, name }) === undefined ? { ...answers, name } : answers;
}

/** The part of the config that an answer becomes. A model can lack a price too. */
const places: Readonly<Record<Question, RegExp>> = {
  name: /^name\b/,
  region: /^region\b/,
  team: /^teams\b/,
  budget: /^plans\.starter\.limits\b/,
  models: /^(?:models|prices|plans\.starter\.models)\b/,
};

/** What is wrong with an answer, by the rules of the config; undefined if nothing is. */
export function faultOf(question: Question, answers: Answers): string | undefined {
  const fault = faultsOf(answers).find(({ path }) => places[question].test(path));
  return fault && `${fault.path}: ${fault.message}`;
}

function faultsOf(answers: Answers) {
  try {
    parseProxyConfig(configOf(answers));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}
