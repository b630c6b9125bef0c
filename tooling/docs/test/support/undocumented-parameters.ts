import {
  type Comment,
  type DeclarationReflection,
  type ParameterReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from 'typedoc'

/**
 * Names the parameters that a reader is left to guess. One is documented by `@param`, by its name in the words around
 * it, or by its type, when that is one of ours and documented.
 */
export function undocumentedParameters(project: ProjectReflection): string[] {
  return project
    .getReflectionsByKind(ReflectionKind.Parameter)
    .map((reflection) => reflection as ParameterReflection)
    .filter(
      (parameter) =>
        isOurs(parameter, project) && !isMadeHere(parameter) && !isDocumented(parameter),
    )
    .map((parameter) => `${placeOf(parameter)} does not say what "${parameter.name}" is`)
    .toSorted()
}

/** Names that say enough wherever they stand. */
const plain = /^(error|event|listener|callback|name|url|type|message|init|input)$/

/** Objects of another library, which the caller passes in, and drop-ins for one: its documentation has the rest. */
const foreign =
  /(Client|Listener|Publisher|Subscriber|Command|Socket|Like|NodeResponse|ResumableStreamContext|resumeStream)$/

/** What has the type of a function of the platform has its parameters too. */
function isOurs(parameter: ParameterReflection, project: ProjectReflection): boolean {
  const id = project.getSymbolIdFromReflection(parameter)
  return id === undefined || id.packageName === project.packageName
}

/** Errors are thrown here and read by users, who never make one. */
function isMadeHere({ parent }: Reflection): boolean {
  if (parent?.kind !== ReflectionKind.ConstructorSignature) return false
  const owner = parent.parent?.parent as DeclarationReflection
  return (owner.extendedTypes ?? []).some((type) => type.toString().endsWith('Error'))
}

function isDocumented(parameter: ParameterReflection): boolean {
  if (parameter.hasComment() || plain.test(parameter.name)) return true
  if (
    placeOf(parameter)
      .split('.')
      .some((part) => foreign.test(part))
  )
    return true
  const word = new RegExp(`(?<![\\w.])${escape(parameter.name)}(?!\\w)`, 'i')
  if (commentsAround(parameter).some((comment) => word.test(wordsOf(comment)))) return true
  return parameter.type !== undefined && isOursAndDocumented(parameter.type)
}

/** The comment of the function, and where that is the type of a property, the property's. */
function commentsAround(parameter: Reflection): Comment[] {
  const found: Comment[] = []
  let at: Reflection | undefined = parameter.parent
  while (at !== undefined && !at.kindOf([ReflectionKind.SomeModule, ReflectionKind.Project])) {
    if (at.comment) found.push(at.comment)
    const isWhole = at.kindOf([
      ReflectionKind.Property,
      ReflectionKind.Method,
      ReflectionKind.Function,
    ])
    if (isWhole) break
    at = at.parent
  }
  return found
}

function wordsOf(comment: Comment): string {
  return [comment.summary, ...comment.blockTags.map(({ content }) => content)]
    .flat()
    .map(({ text }) => text)
    .join('')
}

function isOursAndDocumented(type: SomeType): boolean {
  if (type.type === 'reference') {
    const { reflection } = type
    if (reflection?.hasComment()) return true
    // A package beside this one documents what it exports: that is held against it there.
    if (type.package?.startsWith('@tesserae/')) return true
    return type.typeArguments?.some(isOursAndDocumented) ?? false
  }
  if (type.type === 'union' || type.type === 'intersection')
    return type.types.some(isOursAndDocumented)
  if (type.type === 'array') return isOursAndDocumented(type.elementType)
  return type.type === 'typeOperator' && isOursAndDocumented(type.target)
}

function placeOf(parameter: ParameterReflection): string {
  const signature = parameter.parent as SignatureReflection
  return signature
    .getFullName()
    .split('.')
    .filter(
      (name, at, all) => name !== '__type' && name !== all[at - 1] && all[at - 1] !== 'constructor',
    )
    .join('.')
}

function escape(name: string): string {
  return name.replace(/[$]/g, String.raw`\$`)
}
