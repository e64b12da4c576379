import type { DescribedAccess, DescribedModel } from '@org/admin';
import { Empty, Failed, Loaded } from '../parts/loaded.tsx';
import { Scrolls } from '../parts/scrolls.tsx';
import { type Deployment, useModelAccess, useModels } from '../queries.ts';
import { counted, day, money, shortCount } from '../words.ts';
import { capabilityInWords } from './capabilities.ts';

/** Days before the end of life of a model from which it needs a look. */
const soonDays = 90;

/** The models that are offered: what they can do, cost and allow, and whether this account may ask them. */
export function Models({ deployment }: { readonly deployment: Deployment }) {
  const models = useModels();
  // A local gateway's Bedrock has no account that could lack a model.
  const isSimulated = deployment.place === 'local';
  const access = useModelAccess(!isSimulated);
  const accessOf = new Map(access.data?.access.map((each) => [each.alias, each]));
  return (
    <>
      <div className="view-head">
        <h1>Models</h1>
        <p className="quiet">
          Prices are in US dollars per million tokens, and estimates: AWS’s bill decides.
        </p>
      </div>
      {access.isError && <Failed failure={access.error} again={access.refetch} />}
      <Loaded query={models} lines={10}>
        {({ models }) =>
          models.length === 0 ? (
            <Empty title="The config offers no model" />
          ) : (
            <Scrolls label="Models" className="card models">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Model</th>
                    <th scope="col" className="number">
                      Input
                    </th>
                    <th scope="col" className="number">
                      Output
                    </th>
                    <th scope="col" className="number">
                      Context
                    </th>
                    <th scope="col">Can do</th>
                    <th scope="col">Life</th>
                    <th scope="col">Access</th>
                  </tr>
                </thead>
                <tbody>
                  {models.map((model) => (
                    <tr key={model.alias}>
                      <th scope="row">
                        {model.alias}
                        <span className="quiet">
                          {model.plans.length === 0
                            ? 'in no plan'
                            : `${model.plans.length === 1 ? 'Plan' : 'Plans'} ${model.plans.join(', ')}`}
                        </span>
                        <code className="model-id">{model.modelId}</code>
                      </th>
                      <td className="number">
                        {price(model.price?.input)}
                        {model.price?.cacheRead !== undefined && (
                          <span className="quiet">{price(model.price.cacheRead)} cached</span>
                        )}
                      </td>
                      <td className="number">{price(model.price?.output)}</td>
                      <td className="number">
                        {model.contextTokens === undefined ? '–' : shortCount(model.contextTokens)}
                        {model.maxOutputTokens > 0 && (
                          <span className="quiet">{shortCount(model.maxOutputTokens)} out</span>
                        )}
                      </td>
                      <td>
                        <ul className="tags">
                          {model.capabilities.map((capability) => (
                            <li key={capability}>{capabilityInWords(capability)}</li>
                          ))}
                        </ul>
                      </td>
                      <td>
                        <Life lifecycle={model.lifecycle} />
                      </td>
                      <td>
                        {isSimulated ? (
                          <span className="quiet">simulated here</span>
                        ) : (
                          <Access access={accessOf.get(model.alias)} isAsked={access.isPending} />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scrolls>
          )
        }
      </Loaded>
    </>
  );
}

function price(usd: number | undefined): string {
  return usd === undefined ? '–' : money(usd);
}

function Life({ lifecycle }: { readonly lifecycle: DescribedModel['lifecycle'] }) {
  if (lifecycle.status === 'active') return <span className="quiet">active</span>;
  if (lifecycle.status === 'end-of-life') {
    return (
      <>
        <span className="badge" data-variant="danger">
          ended
        </span>
        <span className="quiet">{day(lifecycle.since, 'medium')}</span>
      </>
    );
  }
  const { daysLeft = 0, endOfLife } = lifecycle;
  return (
    <>
      <span className="badge" data-variant={daysLeft <= soonDays ? 'danger' : 'warning'}>
        {daysLeft === 0 ? 'ended' : `${counted(daysLeft, 'day')} left`}
      </span>
      <span className="quiet">{day(endOfLife, 'medium')}</span>
    </>
  );
}

const variants: Readonly<
  Record<DescribedAccess['access'], { readonly word: string; readonly variant: string }>
> = {
  yes: { word: 'yes', variant: 'success' },
  maybe: { word: 'perhaps', variant: 'warning' },
  no: { word: 'no', variant: 'danger' },
};

interface AccessProps {
  readonly access: DescribedAccess | undefined;
  readonly isAsked: boolean;
}

function Access({ access, isAsked }: AccessProps) {
  if (!access) return <span className="quiet">{isAsked ? 'asking AWS …' : 'not known'}</span>;
  const { word, variant } = variants[access.access];
  return (
    <>
      <span className="badge" data-variant={variant}>
        {word}
      </span>
      {access.access !== 'yes' && (
        <span className="quiet">
          {access.what} {access.whatToDo}
        </span>
      )}
    </>
  );
}
