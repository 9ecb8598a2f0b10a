//! The rights once more, as Cedar policies: a third oracle beside the rules of `aplus-core` and the table `tests/rights.txt`.
//!
//! `rights.cedar` and `rights.cedarschema` were written from the text of the rules alone. What they said otherwise than the
//! code and the table was looked at one by one, and mended where it was wrong by that text: the log of this folder tells which.
//! `tests/rights/` asks all three about the same cells, and the rules and Cedar about random ones beyond them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityUid,
    Policy, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};

/// What went wrong with the policies themselves, or with what they were asked: a decision never does.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

const POLICIES: &str = include_str!("../rights.cedar");
const SCHEMA: &str = include_str!("../rights.cedarschema");

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// Yes or no.
    Is(bool),
    /// How many.
    Count(i64),
    /// A word.
    Word(&'static str),
    /// An entity, by its type and number.
    Of(&'static str, u128),
    /// Some of them.
    Set(Vec<Self>),
    /// Several facts by name.
    Record(Facts),
}

/// Facts by name.
pub type Facts = Vec<(&'static str, Fact)>;

/// An entity of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thing {
    /// Its type.
    pub of: &'static str,
    /// Its number, among those of the type.
    pub number: u128,
    /// Its attributes.
    pub facts: Facts,
}

/// What Cedar is asked: an action of the schema, and every fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// The action's name.
    pub action: &'static str,
    /// Who asks.
    pub principal: Thing,
    /// On what.
    pub resource: Thing,
    /// Another entity whose attributes are looked at.
    pub other: Option<Thing>,
    /// Facts of neither.
    pub context: Facts,
}

/// What Cedar says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub allowed: bool,
    /// The rules by which it says so. Of a no: those that forbid it here, and those that permit the action at all.
    pub rules: BTreeSet<String>,
}

/// The policies that are about one action. The others cannot decide about it: the scope of each names its actions.
struct Group {
    policies: PolicySet,
    action: EntityUid,
    permitted_by: BTreeSet<String>,
    /// How many name the action; the others are about every action.
    own: usize,
    /// Every word that stands in them.
    words: BTreeSet<String>,
}

impl Group {
    /// The facts that these policies can tell apart: an attribute is read by its name alone, so that one whose name stands in
    /// none of them changes nothing.
    fn read(&self, facts: &mut Facts) {
        facts.retain(|(name, _)| self.words.contains(*name));
        for (_, fact) in facts {
            if let Fact::Record(inner) = fact {
                self.read(inner);
            }
        }
    }

    fn read_of(&self, question: &Question) -> Question {
        let mut question = question.clone();
        let others = question.other.iter_mut();
        for thing in [&mut question.principal, &mut question.resource]
            .into_iter()
            .chain(others)
        {
            self.read(&mut thing.facts);
        }
        self.read(&mut question.context);
        question
    }
}

/// The policies, checked against their schema.
pub struct Oracle {
    authorizer: Authorizer,
    schema: Schema,
    groups: BTreeMap<String, Group>,
    known: HashMap<Question, Verdict>,
}

impl Oracle {
    /// Reads policies and schema.
    ///
    /// # Errors
    /// Where they cannot be read, where a policy does not fit the schema, or names no rule.
    pub fn new() -> Result<Self, Error> {
        Self::of(POLICIES)
    }

    /// The same with one text in another's place, to see that what it says is found.
    ///
    /// # Errors
    /// As [`Self::new`]; and where `from` does not stand in the policies exactly once.
    pub fn changed(from: &str, to: &str) -> Result<Self, Error> {
        if POLICIES.matches(from).count() != 1 {
            return Err(format!("not there exactly once: {from}").into());
        }
        Self::of(&POLICIES.replacen(from, to, 1))
    }

    fn of(policies: &str) -> Result<Self, Error> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA)?;
        let policies: PolicySet = policies.parse()?;
        let validated =
            Validator::new(schema.clone()).validate(&policies, ValidationMode::default());
        if let Some(error) = validated.validation_errors().next() {
            return Err(error.to_string().into());
        }
        if let Some(warning) = validated.validation_warnings().next() {
            return Err(warning.to_string().into());
        }
        let mut groups = BTreeMap::new();
        for action in schema.actions() {
            let about = policies.policies();
            let about: Vec<_> = about.filter(|policy| is_about(policy, action)).collect();
            let mut group = Group {
                policies: PolicySet::new(),
                action: action.clone(),
                permitted_by: BTreeSet::new(),
                own: about.iter().filter(|policy| names_actions(policy)).count(),
                words: BTreeSet::new(),
            };
            for policy in about {
                let text = policy.to_string();
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                group.words.extend(words.map(str::to_owned));
                if policy.effect() == Effect::Permit {
                    group.permitted_by.extend(rules(policy)?);
                }
                group.policies.add(policy.clone())?;
            }
            groups.insert(action.id().unescaped().to_owned(), group);
        }
        for policy in policies.policies() {
            rules(policy)?;
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            schema,
            groups,
            known: HashMap::new(),
        })
    }

    /// How many policies name this action; none where the schema does not know it.
    #[must_use]
    pub fn policies_of(&self, action: &str) -> usize {
        self.groups.get(action).map_or(0, |group| group.own)
    }

    /// How many questions differ in what the policies read.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.known.len()
    }

    /// Asks; of questions that differ in nothing that the policies read, the first.
    ///
    /// # Errors
    /// Where the facts are not what the schema says, or a policy could not be evaluated: Cedar skips such a policy, which
    /// would be a wrong answer.
    pub fn ask(&mut self, question: &Question) -> Result<Verdict, Error> {
        let group = self
            .groups
            .get(question.action)
            .ok_or_else(|| format!("no action {}", question.action))?;
        let read = group.read_of(question);
        if let Some(verdict) = self.known.get(&read) {
            return Ok(verdict.clone());
        }
        let verdict = self.decide(group, question)?;
        self.known.insert(read, verdict.clone());
        Ok(verdict)
    }

    /// Asks, whatever was asked before: for questions of which hardly two are alike.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn ask_anew(&self, question: &Question) -> Result<Verdict, Error> {
        let group = self.groups.get(question.action);
        let group = group.ok_or_else(|| format!("no action {}", question.action))?;
        self.decide(group, question)
    }

    fn decide(&self, group: &Group, question: &Question) -> Result<Verdict, Error> {
        let context = question.context.iter();
        let context: Vec<_> = context.map(named).collect::<Result<_, _>>()?;
        let request = Request::new(
            uid(question.principal.of, question.principal.number)?,
            group.action.clone(),
            uid(question.resource.of, question.resource.number)?,
            Context::from_pairs(context)?,
            Some(&self.schema),
        )?;
        let mut entities: Vec<Entity> = Vec::new();
        let things = [&question.principal, &question.resource];
        for thing in things.into_iter().chain(&question.other) {
            let entity = entity(thing)?;
            if entities.iter().all(|other| other.uid() != entity.uid()) {
                entities.push(entity);
            }
        }
        let entities = Entities::from_entities(entities, None)?;
        let response = self
            .authorizer
            .is_authorized(&request, &group.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string().into());
        }
        let allowed = response.decision() == Decision::Allow;
        let mut by = match allowed {
            true => BTreeSet::new(),
            false => group.permitted_by.clone(),
        };
        for id in response.diagnostics().reason() {
            if let Some(policy) = group.policies.policy(id) {
                by.extend(rules(policy)?);
            }
        }
        Ok(Verdict { allowed, rules: by })
    }
}

fn entity(thing: &Thing) -> Result<Entity, Error> {
    let facts = thing.facts.iter().map(named);
    let facts = facts.collect::<Result<_, _>>()?;
    let uid = uid(thing.of, thing.number)?;
    Ok(Entity::new(uid, facts, std::collections::HashSet::new())?)
}

fn named((name, fact): &(&'static str, Fact)) -> Result<(String, RestrictedExpression), Error> {
    Ok(((*name).to_owned(), expression(fact)?))
}

fn expression(fact: &Fact) -> Result<RestrictedExpression, Error> {
    Ok(match fact {
        Fact::Is(is) => RestrictedExpression::new_bool(*is),
        Fact::Count(count) => RestrictedExpression::new_long(*count),
        Fact::Word(word) => RestrictedExpression::new_string((*word).to_owned()),
        Fact::Of(of, number) => RestrictedExpression::new_entity_uid(uid(of, *number)?),
        Fact::Set(facts) => {
            let facts: Vec<_> = facts.iter().map(expression).collect::<Result<_, _>>()?;
            RestrictedExpression::new_set(facts)
        }
        Fact::Record(facts) => {
            let facts: Vec<_> = facts.iter().map(named).collect::<Result<_, _>>()?;
            RestrictedExpression::new_record(facts)?
        }
    })
}

fn uid(of: &str, number: u128) -> Result<EntityUid, Error> {
    let id = EntityId::new(number.to_string());
    Ok(EntityUid::from_type_name_and_id(of.parse()?, id))
}

fn names_actions(policy: &Policy) -> bool {
    !matches!(policy.action_constraint(), ActionConstraint::Any)
}

fn is_about(policy: &Policy, action: &EntityUid) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(action),
        ActionConstraint::Eq(one) => one == *action,
    }
}

/// The rules that a policy states.
fn rules(policy: &Policy) -> Result<Vec<String>, Error> {
    let rules = policy.annotation("rule");
    let rules = rules.ok_or_else(|| format!("{} names no rule", policy.id()))?;
    Ok(rules.split(',').map(str::to_owned).collect())
}
