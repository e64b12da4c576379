import { type Template, TemplateError } from './template.ts';

/**
 * Follows every dependency of a template: `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`.
 *
 * @throws TemplateError for a cycle, which CloudFormation refuses and synthesis does not notice. An example is a function
 * whose environment names the usage plan in front of it.
 */
export function refuseCircles(template: Template): void {
  const dependencies = dependenciesOf(template);
  const finished = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (path.includes(logicalId)) {
      const cycle = [...path.slice(path.indexOf(logicalId)), logicalId];
      throw new TemplateError(`Circular dependency between resources: ${cycle.join(' -> ')}`);
    }
    if (finished.has(logicalId)) {
      return;
    }
    for (const dependency of dependencies.get(logicalId) ?? []) {
      visit(dependency, [...path, logicalId]);
    }
    finished.add(logicalId);
  };
  for (const logicalId of dependencies.keys()) {
    visit(logicalId, []);
  }
}

/** For each logical id, the resources that CloudFormation creates before it. */
function dependenciesOf(template: Template): ReadonlyMap<string, ReadonlySet<string>> {
  const dependencies = new Map<string, Set<string>>();
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const names = new Set<string>();
    collect(resource.Properties, names);
    for (const name of [resource.DependsOn ?? []].flat()) {
      names.add(name);
    }
    dependencies.set(
      logicalId,
      new Set([...names].filter((name) => Object.hasOwn(template.Resources, name))),
    );
  }
  return dependencies;
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      collect(item, names);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') {
      names.add(item);
    } else if (key === 'Fn::GetAtt') {
      const first: unknown = Array.isArray(item) ? item[0] : item;
      if (typeof first === 'string') {
        names.add(first.split('.', 1)[0] ?? first);
      }
    } else if (key === 'Fn::Sub') {
      const text: unknown = Array.isArray(item) ? item[0] : item;
      if (typeof text === 'string') {
        for (const match of text.matchAll(/\$\{([^!.}:]+)[.}]/g)) {
          names.add(match[1] ?? '');
        }
      }
      collect(item, names);
    } else {
      collect(item, names);
    }
  }
}
