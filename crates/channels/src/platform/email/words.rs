//! The few words that a mail has and a chat has not, in the languages that customers write.

/// The words of one locale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    locale: &'static str,
    hello: &'static str,
    /// With `{}` for the name.
    hello_named: &'static str,
    /// Before the customer's own words.
    pub(super) about: &'static str,
    /// Before numbered options.
    pub(super) choose: &'static str,
    /// How to go on.
    pub(super) go_on: &'static str,
    /// Whether it is written from right to left.
    pub(super) right_to_left: bool,
}

impl Words {
    /// The words of a locale, of its language, or English ones.
    pub(super) fn of(language: &str) -> Self {
        let wanted = language.to_lowercase().replace('_', "-");
        let wanted = match wanted.as_str() {
            "zh-tw" | "zh-hk" | "zh-mo" => "zh-hant".to_owned(),
            "zh" | "zh-cn" | "zh-sg" => "zh-hans".to_owned(),
            _ => wanted,
        };
        let base = wanted.split('-').next().unwrap_or("").to_owned();
        let find = |tag: &str| ALL.iter().find(|words| words.locale == tag).copied();
        find(&wanted).or_else(|| find(&base)).unwrap_or(ALL[0])
    }

    /// The greeting. A name is shown as it came, on one line and not for long.
    pub(super) fn greet(&self, name: Option<&str>) -> String {
        let name: String =
            name.unwrap_or("").chars().filter(|c| !c.is_control()).take(60).collect();
        // A name with an address or a link in it is no name.
        if name.trim().is_empty() || name.contains(['@', '/', '<', '>']) {
            self.hello.to_owned()
        } else {
            self.hello_named.replace("{}", name.trim())
        }
    }
}

const fn words(
    locale: &'static str,
    hello: &'static str,
    hello_named: &'static str,
    about: &'static str,
    choose: &'static str,
    go_on: &'static str,
) -> Words {
    Words { locale, hello, hello_named, about, choose, go_on, right_to_left: false }
}

const ALL: [Words; 19] = [
    words(
        "en",
        "Hello,",
        "Hello {},",
        "You wrote:",
        "Reply with the number of what you need:",
        "To go on, simply reply to this e-mail.",
    ),
    Words {
        right_to_left: true,
        ..words(
            "ar",
            "مرحبًا،",
            "مرحبًا {}،",
            "كتبتم:",
            "يرجى الرد برقم ما تحتاجون إليه:",
            "للمتابعة يكفي الرد على هذه الرسالة.",
        )
    },
    words(
        "de",
        "Guten Tag,",
        "Guten Tag {},",
        "Sie schrieben:",
        "Antworten Sie mit der Nummer dessen, was Sie brauchen:",
        "Um fortzufahren, antworten Sie einfach auf diese E-Mail.",
    ),
    words(
        "es",
        "Hola:",
        "Hola, {}:",
        "Nos escribió:",
        "Responda con el número de lo que necesita:",
        "Para continuar, basta con responder a este correo.",
    ),
    words(
        "fr",
        "Bonjour,",
        "Bonjour {},",
        "Vous avez écrit :",
        "Répondez avec le numéro de ce qu’il vous faut :",
        "Pour continuer, répondez simplement à cet e-mail.",
    ),
    words(
        "id",
        "Halo,",
        "Halo {},",
        "Anda menulis:",
        "Balas dengan nomor yang Anda perlukan:",
        "Untuk melanjutkan, cukup balas email ini.",
    ),
    words(
        "it",
        "Buongiorno,",
        "Buongiorno {},",
        "Ci ha scritto:",
        "Risponda con il numero di ciò che le serve:",
        "Per continuare, basta rispondere a questa e-mail.",
    ),
    words(
        "ja",
        "お問い合わせありがとうございます。",
        "{} 様",
        "お問い合わせ内容：",
        "ご希望の番号をご返信ください。",
        "続けてのご質問は、このメールにそのままご返信ください。",
    ),
    words(
        "ko",
        "안녕하세요.",
        "{} 님, 안녕하세요.",
        "문의하신 내용:",
        "필요하신 항목의 번호로 답장해 주세요.",
        "계속 문의하시려면 이 메일에 답장해 주세요.",
    ),
    words(
        "nl",
        "Hallo,",
        "Hallo {},",
        "U schreef:",
        "Antwoord met het nummer van wat u nodig hebt:",
        "Om verder te gaan, antwoordt u gewoon op deze e-mail.",
    ),
    words(
        "pl",
        "Dzień dobry,",
        "Dzień dobry, {},",
        "Treść wiadomości:",
        "Prosimy odpisać, podając numer wybranej opcji:",
        "Aby kontynuować, wystarczy odpowiedzieć na tę wiadomość.",
    ),
    words(
        "pt",
        "Olá,",
        "Olá, {},",
        "Escreveu-nos:",
        "Responda com o número do que precisa:",
        "Para continuar, basta responder a este e-mail.",
    ),
    words(
        "pt-br",
        "Olá,",
        "Olá, {},",
        "Você escreveu:",
        "Responda com o número do que você precisa:",
        "Para continuar, é só responder a este e-mail.",
    ),
    words(
        "ru",
        "Здравствуйте!",
        "Здравствуйте, {}!",
        "Вы написали:",
        "Ответьте номером нужного пункта:",
        "Чтобы продолжить, просто ответьте на это письмо.",
    ),
    words(
        "th",
        "สวัสดีค่ะ",
        "สวัสดีค่ะ คุณ{}",
        "ข้อความของคุณ:",
        "โปรดตอบกลับด้วยหมายเลขของสิ่งที่คุณต้องการ:",
        "หากต้องการสอบถามต่อ เพียงตอบกลับอีเมลนี้",
    ),
    words(
        "tr",
        "Merhaba,",
        "Merhaba {},",
        "Mesajınız:",
        "İhtiyacınız olan seçeneğin numarasıyla yanıtlayın:",
        "Devam etmek için bu e-postayı yanıtlamanız yeterli.",
    ),
    words(
        "vi",
        "Xin chào,",
        "Xin chào {},",
        "Quý khách đã viết:",
        "Vui lòng trả lời bằng số của mục cần hỗ trợ:",
        "Để tiếp tục, quý khách chỉ cần trả lời email này.",
    ),
    words(
        "zh-hans",
        "您好：",
        "{}，您好：",
        "您的来信：",
        "请回复所需选项的编号：",
        "如需继续咨询，直接回复本邮件即可。",
    ),
    words(
        "zh-hant",
        "您好：",
        "{}，您好：",
        "您的來信：",
        "請回覆所需選項的編號：",
        "如需繼續詢問，直接回覆本郵件即可。",
    ),
];
