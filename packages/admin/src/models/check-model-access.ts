import type { ProxyConfig } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { checkModels, type ModelAccess } from '../doctor/model-access.ts';

/** What Bedrock says about one alias, in words too. */
export interface DescribedAccess extends Omit<ModelAccess, 'finding'> {
  readonly what: string;
  /** Undefined if there is nothing to do. */
  readonly whatToDo: string | undefined;
}

/**
 * Asks Bedrock whether each model of a config is still there and may be called.
 *
 * @param settings For AWS, in the config's Region.
 * @param now Milliseconds since 1970.
 */
export async function checkModelAccess(
  config: ProxyConfig,
  settings: ClientSettings,
  now: number,
): Promise<DescribedAccess[]> {
  const models = await checkModels(settings, config, now);
  return models.map(({ alias, access, finding: { what, remedy } }) => ({
    ...{ alias, access, what },
    whatToDo: remedy?.kind === 'advice' ? remedy.text : undefined,
  }));
}
