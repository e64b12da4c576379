import { installation } from '@org/installation';
import { type Answers, configOf } from './answers.ts';

/** The text of `proxy.config.ts`, to be read and changed by people. */
export function configText(answers: Answers): string {
  const { name, stage, region, plans, teams } = configOf(answers);
  const { throttle, quota, limits } = plans.starter;
  const models = list(answers.models);
  const [[team, { keys }] = ['', { keys: [] }]] = Object.entries(teams);
  return `import { defineProxyConfig } from '@org/bedrock-proxy';

/** What is deployed: who may ask which models, and how much. Every field: ${installation.documents}/config.md */
export default defineProxyConfig({
  // The stack is ${name}-${stage}; the API answers below https://{api}/${stage}.
  name: ${quoted(name)},
  stage: ${quoted(stage)},
  region: ${quoted(region)},

  // The function may call these models and no others. All there are: ${installation.documents}/models.md
  models: ${models},

  plans: {
    // "limits" hold exactly, for a team over all its keys. "throttle" and "quota" are API Gateway's own, for each key
    // and best effort; the quota is so high that callers meet the limit, which says when it resets.
    starter: {
      throttle: { rate: ${throttle.rate}, burst: ${throttle.burst} },
      quota: { limit: ${quota.limit}, period: ${quoted(quota.period)} },
      models: ${models},
      limits: { usd: { month: ${limits.usd.month} } },
    },
  },

  // API Gateway makes the value of each key: npx proxy deploy --show-keys
  teams: {
    ${quoted(team)}: { plan: 'starter', keys: ${list(keys)} },
  },
});
`;
}

/** As TypeScript. Names of a valid config have no character to escape. */
function quoted(text: string): string {
  return `'${text}'`;
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`;
}
