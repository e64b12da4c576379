import type { ProxyConfig } from '@org/infra/config';
import { checkBearer } from './bearer.ts';
import type { Finding } from './finding.ts';
import { checkKeyLimits } from './key-limits.ts';
import { checkLifecycles } from './lifecycles.ts';
import { checkLimitSizes } from './limit-sizes.ts';
import { checkPaces } from './paces.ts';
import { checkPriceGaps } from './price-gaps.ts';
import { checkPriceUnits } from './prices.ts';
import { checkQuotas } from './quotas.ts';
import { checkSignInClaim } from './sign-in-claim.ts';
import { checkSignInTeams } from './sign-in-teams.ts';
import { checkSimilarTeams } from './similar-teams.ts';
import { checkUnreachableTeams } from './unreachable-teams.ts';

/** Finds settings that can be deployed, but that the author hardly means. */
export function configWarnings(config: ProxyConfig, now: number): Finding[] {
  return [
    ...checkLifecycles(config, now),
    ...checkPriceUnits(config),
    ...checkPriceGaps(config),
    ...checkLimitSizes(config),
    ...checkPaces(config),
    ...checkQuotas(config),
    ...checkKeyLimits(config),
    ...checkSignInClaim(config),
    ...checkSignInTeams(config),
    ...checkUnreachableTeams(config),
    ...checkSimilarTeams(config),
    ...checkBearer(config),
  ];
}
