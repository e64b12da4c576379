import type { ProxyConfig } from '../../src/config.ts';
import type { Finding } from './finding.ts';
import { checkKeyLimits } from './key-limits.ts';
import { checkPriceUnits } from './prices.ts';
import { checkQuotas } from './quotas.ts';

/** Finds what a config says that works, and that its author surely does not mean. */
export function configWarnings(config: ProxyConfig): Finding[] {
  return [...checkPriceUnits(config), ...checkQuotas(config), ...checkKeyLimits(config)];
}
