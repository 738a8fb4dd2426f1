/** What the contract says in words about its fields, as unions that a type checker narrows by `kind`, `state` or `status`. */

const NULL = { type: "null" };
/** A field that is not null in this case. */
const GIVEN = Symbol("given");
/** A field that a request of this case must not have. */
const ABSENT = Symbol("absent");

/** Schemas with one field less to guess, that the unions below refer to. */
const VARIANTS = {
  SingleOption: { of: "Option", fields: { points: NULL } },
  MultipleOption: { of: "Option", fields: { level: NULL } },
};

const UNIONS = {
  Question: {
    by: "kind",
    cases: {
      SingleQuestion: { when: ["single"], fields: { options: listOf("SingleOption") } },
      MultipleQuestion: { when: ["multiple"], fields: { options: listOf("MultipleOption") } },
    },
  },
  QuestionResult: {
    by: "state",
    cases: {
      AnsweredQuestion: { when: ["answered"], fields: {} },
      UnansweredQuestion: {
        when: ["dont_know", "not_applicable", "unanswered"],
        fields: { level: NULL, value: NULL },
      },
    },
  },
  Assessment: {
    by: "status",
    cases: {
      OpenAssessment: { when: ["open"], fields: { completed_at: NULL, result: NULL } },
      CompletedAssessment: { when: ["completed"], fields: { completed_at: GIVEN } },
    },
  },
  CohortBenchmark: {
    by: "suppressed",
    cases: {
      ShownCohort: { when: [false], fields: { n: GIVEN, reason: NULL, score: GIVEN } },
      SuppressedCohort: { when: [true], fields: { n: NULL, reason: GIVEN, score: NULL } },
    },
  },
  ApiKey: {
    by: "kind",
    cases: {
      SecretKey: { when: ["secret"], fields: { scopes: NULL, origins: NULL } },
      RestrictedKey: { when: ["restricted"], fields: { scopes: GIVEN, origins: NULL } },
      PublishableKey: { when: ["publishable"], fields: { scopes: NULL } },
    },
  },
  NewKey: {
    by: "kind",
    cases: {
      NewSecretKey: { when: ["secret"], fields: { scopes: NULL, origins: NULL } },
      NewRestrictedKey: { when: ["restricted"], fields: { scopes: GIVEN, origins: NULL } },
      NewPublishableKey: { when: ["publishable"], fields: { scopes: NULL } },
    },
  },
  KeyRequest: {
    by: "kind",
    cases: {
      SecretKeyRequest: { when: ["secret"], fields: { scopes: ABSENT, origins: ABSENT } },
      RestrictedKeyRequest: { when: ["restricted"], fields: { scopes: GIVEN, origins: ABSENT } },
      PublishableKeyRequest: { when: ["publishable"], fields: { scopes: ABSENT, origins: GIVEN } },
    },
  },
};

const TEXT = { type: "string" };
/** What each type of event names, as the contract says it in the description of `data`. */
const EVENTS = {
  AssessmentCompletedEvent: ["assessment.completed", { id: TEXT, organisation: TEXT, rubric: TEXT }],
  ResponseSubmittedEvent: [
    "response.submitted",
    { id: TEXT, assessment: TEXT, organisation: TEXT, function: { anyOf: [TEXT, NULL] } },
  ],
  BenchmarkReleasedEvent: ["benchmark.released", { rubric: TEXT, edition: { type: "integer" } }],
  WebhookEndpointTestEvent: ["webhook_endpoint.test", { id: TEXT }],
};

/** Fields that the contract leaves open where it says in words what they hold. */
const FIELDS = {
  ResponseDetails: { answers: { anyOf: [{ type: "object", additionalProperties: ref("Answer") }, NULL] } },
  OwnResponse: { answers: { type: "object", additionalProperties: ref("Answer") } },
};

export function narrow(schemas) {
  for (const [name, fields] of Object.entries(FIELDS)) schemas[name] = specialise(schemas, name, fields);
  for (const [name, { of, fields }] of Object.entries(VARIANTS)) schemas[name] = specialise(schemas, of, fields);
  narrowEvents(schemas);
  for (const [name, { by, cases }] of Object.entries(UNIONS)) {
    requireAllCases(schemas[name], name, by, cases);
    const description = schemas[name].description;
    for (const [variant, { when, fields }] of Object.entries(cases)) {
      schemas[variant] = specialise(schemas, name, { [by]: { enum: when }, ...fields }, variant);
    }
    schemas[name] = { description, oneOf: Object.keys(cases).map(ref) };
  }
}

function narrowEvents(schemas) {
  const { type, data } = schemas.Event.properties;
  const told = (text) => [...text.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name).sort();
  for (const [variant, [name, fields]] of Object.entries(EVENTS)) {
    const named = { type: "object", properties: fields, required: Object.keys(fields) };
    schemas[variant] = specialise(schemas, "Event", { type: { const: name }, data: named }, variant);
  }
  const known = Object.values(EVENTS).map(([name]) => name);
  for (const each of [type, data]) requireSame("Event.type", told(each.description), known);
  schemas.Event = { description: schemas.Event.description, oneOf: Object.keys(EVENTS).map(ref) };
}

function ref(name) {
  return { $ref: `#/components/schemas/${name}` };
}

function listOf(name) {
  return { type: "array", items: ref(name) };
}

function specialise(schemas, name, fields, title = name) {
  const schema = structuredClone(schemas[name] ?? {});
  schema.title = title;
  for (const [field, change] of Object.entries(fields)) {
    const found = schema.properties?.[field];
    if (!found) throw new Error(`The contract has no ${name}.${field} any more: take it out of build/narrow.js.`);
    if (change === ABSENT) delete schema.properties[field];
    else if (change === GIVEN) {
      schema.properties[field] = withoutNull(found, `${name}.${field}`);
      schema.required = [...new Set([...(schema.required ?? []), field])];
    } else schema.properties[field] = { description: found.description, ...change };
  }
  return schema;
}

function withoutNull(schema, where) {
  const { anyOf, ...others } = schema;
  const left = (anyOf ?? []).filter((each) => each.type !== "null");
  if (left.length !== 1) throw new Error(`${where} cannot be null in the contract: take it out of build/narrow.js.`);
  return { ...others, ...left[0] };
}

/** A value that the contract has gained would fall out of its union unseen. */
function requireAllCases(schema, name, by, cases) {
  const field = schema.properties[by];
  const known = field.enum ?? (field.type === "boolean" ? [false, true] : []);
  requireSame(
    `${name}.${by}`,
    known,
    Object.values(cases).flatMap((each) => each.when),
  );
}

function requireSame(where, known, covered) {
  if (JSON.stringify([...known].sort()) !== JSON.stringify([...covered].sort())) {
    throw new Error(`${where} is one of ${known.join(", ")}; build/narrow.js knows ${covered.join(", ")}.`);
  }
}
