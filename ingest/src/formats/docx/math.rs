//! A formula of Word in one line. What stands above or below something must not run into it: 10⁹ is not 109.

use roxmltree::Node;

use crate::formats::raised;
use crate::formats::xml::child;

/// What a formula says.
pub(super) fn text_of(node: Node<'_, '_>) -> String {
    let part = |name: &str| child(node, name).map(text_of).unwrap_or_default();
    match node.tag_name().name() {
        "t" => node.text().unwrap_or_default().to_owned(),
        "f" => format!("{}/{}", grouped(&part("num")), grouped(&part("den"))),
        "sSup" => format!("{}{}", part("e"), power(&part("sup"))),
        "sSubSup" => format!("{}{}{}", part("e"), part("sub"), power(&part("sup"))),
        "rad" => format!("{}√{}", power(&part("deg")), grouped(&part("e"))),
        "d" => format!("({})", all(node)),
        _ => all(node),
    }
}

fn all(node: Node<'_, '_>) -> String {
    node.children().filter(Node::is_element).map(text_of).collect()
}

fn power(text: &str) -> String {
    if text.is_empty() { String::new() } else { raised::figures(text).unwrap_or_else(|| format!("^{}", grouped(text))) }
}

fn grouped(text: &str) -> String {
    if text.chars().all(char::is_alphanumeric) { text.to_owned() } else { format!("({text})") }
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    fn said(formula: &str) -> String {
        let formula = format!("<m:oMath xmlns:m=\"m\">{formula}</m:oMath>");
        text_of(Document::parse(&formula).unwrap().root_element())
    }

    #[test]
    fn powers_fractions_and_roots_keep_their_parts_apart() {
        let run = |text: &str| format!("<m:r><m:t>{text}</m:t></m:r>");
        let power =
            |base: &str, sup: &str| format!("<m:sSup><m:e>{}</m:e><m:sup>{}</m:sup></m:sSup>", run(base), run(sup));
        assert_eq!(said(&power("10", "9")), "10⁹");
        assert_eq!(said(&power("e", "n+1")), "e^(n+1)");
        assert_eq!(said(&format!("<m:f><m:num>{}</m:num><m:den>{}</m:den></m:f>", run("1"), run("a+b"))), "1/(a+b)");
        assert_eq!(said(&format!("<m:rad><m:deg/><m:e>{}</m:e></m:rad>", run("x"))), "√x");
        assert_eq!(said(&format!("<m:d><m:e>{}</m:e></m:d>{}", run("a"), run("=b"))), "(a)=b");
    }
}
