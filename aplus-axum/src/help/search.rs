//! Finding an article by what people type: without accents and case, in any order, with a slip of the keys.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How much a word of the title, of the article's own search words and of its text counts.
const TITLE: f64 = 4.0;
const KEYWORD: f64 = 3.0;
const TEXT: f64 = 1.0;

/// How much is added where a question holds several search words of an article as they stand there, common words included:
/// « pas reçu » is not « reçu ».
const PHRASE: f64 = 8.0;

/// How much a word counts that is not quite the one that was typed.
const SAME: f64 = 1.0;
const BEGUN: f64 = 0.7;
const SLIP: f64 = 0.5;

/// What scores less than this part of the best answer is none.
const WORTH: f64 = 0.35;

/// So many different words of a question count; a longer one only says the same again.
const WORDS: usize = 16;

/// Words that every question and article is full of.
const COMMON: &str = "a ai au aux avec avez c ca ce cela ces cette comme comment d dans de des dit donc du elle en est et etre \
    faire fait faut il ils j je l la le les leur lui m ma mais me mes moi mon n ne nous on ou par pas peut peux plus pour \
    pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa se ses si sont sur t te toujours tres un une vos \
    votre vous y";

/// Words for one and the same thing.
const ALIKE: [(&str, &str); 9] = [
    ("courriel", "mail"),
    ("courriels", "mail"),
    ("email", "mail"),
    ("emails", "mail"),
    ("mel", "mail"),
    ("mails", "mail"),
    ("chef", "responsable"),
    ("collegue", "personne"),
    ("effacer", "supprimer"),
];

/// The words of each article with their weight, by what is left of a word without its ending.
#[derive(Debug, Default)]
pub(super) struct Index {
    articles: Vec<Article>,
}

#[derive(Debug)]
struct Article {
    words: BTreeMap<String, f64>,
    /// What of its search words is more than one word.
    phrases: Vec<Vec<String>>,
}

impl Index {
    pub(super) fn add(&mut self, title: &str, keywords: &str, text: &str) {
        let mut words = BTreeMap::new();
        for (part, weight) in [(text, TEXT), (keywords, KEYWORD), (title, TITLE)] {
            for word in stems(part) {
                let held = words.entry(word).or_insert(weight);
                *held = f64::max(*held, weight);
            }
        }
        let phrases = keywords.split(',').map(words_of);
        let phrases = phrases.filter(|phrase| phrase.len() > 1).collect();
        self.articles.push(Article { words, phrases });
    }

    /// The places of the articles that a question finds, the best first; of equal ones the earlier.
    pub(super) fn search(&self, question: &str) -> Vec<usize> {
        let wanted: BTreeSet<_> = stems(question).take(WORDS).collect();
        let mut scores = vec![0.0; self.articles.len()];
        for word in &wanted {
            let exact = self.scores(|held| likeness(word, held));
            // Only a word that nobody wrote may have been mistyped.
            let found = match exact.iter().any(|score| *score > 0.0) {
                true => exact,
                false => self.scores(|held| slip(word, held)),
            };
            let holders = found.iter().filter(|score| **score > 0.0).count();
            let rarity = (1.0 + self.articles.len() as f64 / holders.max(1) as f64).ln();
            for (score, found) in scores.iter_mut().zip(found) {
                *score += found * rarity;
            }
        }
        let said = words_of(question);
        for (score, article) in scores.iter_mut().zip(&self.articles) {
            let holds = |phrase: &&Vec<String>| {
                said.windows(phrase.len())
                    .any(|part| part == phrase.as_slice())
            };
            *score += PHRASE * article.phrases.iter().filter(holds).count() as f64;
        }
        let best = scores.iter().copied().fold(0.0, f64::max);
        let mut found: Vec<_> = (0..scores.len())
            .filter(|at| scores[*at] > 0.0 && scores[*at] >= best * WORTH)
            .collect();
        found.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
        found
    }

    fn scores(&self, likeness: impl Fn(&str) -> f64) -> Vec<f64> {
        let best = |article: &Article| {
            let scores = article
                .words
                .iter()
                .map(|(held, weight)| likeness(held) * weight);
            scores.fold(0.0, f64::max)
        };
        self.articles.iter().map(best).collect()
    }
}

/// The words of a text, without accents and case.
fn words_of(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect();
    let folded = folded.replace('œ', "oe").replace('æ', "ae");
    let words = folded.split(|character: char| !character.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Those of them that tell something, without their endings.
fn stems(text: &str) -> impl Iterator<Item = String> {
    let telling = |word: &String| !COMMON.split_ascii_whitespace().any(|common| common == word);
    words_of(text).into_iter().filter(telling).map(|word| {
        let alike = ALIKE.iter().find(|(said, _)| *said == word);
        stem(alike.map_or(&word, |(_, meant)| meant)).to_owned()
    })
}

/// A word without the endings of number, gender and the commonest forms of a verb.
fn stem(word: &str) -> &str {
    for ending in ["ees", "er", "es", "ez", "ee", "s", "x", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 4
        {
            return stem;
        }
    }
    word
}

fn likeness(word: &str, held: &str) -> f64 {
    let begun = |start: &str, whole: &str| start.len() >= 4 && whole.starts_with(start);
    match () {
        () if word == held => SAME,
        () if begun(word, held) || begun(held, word) => BEGUN,
        () => 0.0,
    }
}

fn slip(word: &str, held: &str) -> f64 {
    let long = word.len() >= 4 && held.len() >= 4;
    // One slip is a character of at most four bytes: a question costs no distance to words of another length.
    let near = word.len().abs_diff(held.len()) <= 4;
    if long && near && strsim::osa_distance(word, held) == 1 {
        SLIP
    } else {
        0.0
    }
}
