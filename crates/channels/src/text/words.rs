//! The one word that platforms want over a list of options.

use crate::shape::Reply;

/// Stands where the language has no word here.
const SIGN: &str = "☰";

/// "Choose" in the languages that customers write.
const CHOOSE: [(&str, &str); 18] = [
    ("ar", "اختر"),
    ("de", "Auswählen"),
    ("en", "Choose"),
    ("es", "Elegir"),
    ("fr", "Choisir"),
    ("id", "Pilih"),
    ("it", "Scegli"),
    ("ja", "選択する"),
    ("ko", "선택하기"),
    ("nl", "Kiezen"),
    ("pl", "Wybierz"),
    ("pt", "Escolher"),
    ("ru", "Выбрать"),
    ("th", "เลือก"),
    ("tr", "Seçin"),
    ("vi", "Chọn"),
    ("zh", "选择"),
    ("zh-hant", "選擇"),
];

/// The word for a reply: its own, or that of its language, or a sign.
pub(crate) fn list_label(reply: &Reply) -> &str {
    if let Some(label) = reply.list_label.as_deref().filter(|label| !label.trim().is_empty()) {
        return label;
    }
    let language = reply.language.to_lowercase();
    let base = language.split(['-', '_']).next().unwrap_or("");
    let hant = base == "zh"
        && ["hant", "tw", "hk", "mo"]
            .iter()
            .any(|part| language.split(['-', '_']).any(|p| p == *part));
    let wanted = if hant { "zh-hant" } else { base };
    CHOOSE.iter().find(|(tag, _)| *tag == wanted).map_or(SIGN, |(_, word)| word)
}
