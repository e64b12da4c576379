import * as z from 'zod/mini';
import { type ProxyConfig, parseProxyConfig } from './config.ts';

/** Metadata of the table in a template: the config that the template was made from. */
export const configMetadata = 'ProxyConfig';

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Metadata: z.optional(z.record(z.string(), z.unknown())) })),
});

const Named = z.object({ name: z.string(), stage: z.string() });

/**
 * Reads the config that a deployment's template was made from.
 *
 * @param template The template as JSON.
 * @returns Undefined if the template does not say it, as those of earlier versions, or says one that this version refuses.
 */
export function configInTemplate(
  template: string,
  { name, stage }: Pick<ProxyConfig, 'name' | 'stage'>,
): ProxyConfig | undefined {
  try {
    const { Resources } = z.parse(Template, JSON.parse(template));
    const stated = Object.values(Resources).flatMap(({ Metadata }) => Metadata?.[configMetadata] ?? []);
    const config = stated.find((each) => {
      const { data } = z.safeParse(Named, each);
      return data?.name === name && data.stage === stage;
    });
    return config === undefined ? undefined : parseProxyConfig(config);
  } catch {
    return undefined;
  }
}
