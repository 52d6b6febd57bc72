"""What the training voices say: words of many languages, rich in the sounds that lips show, put together at random."""

from __future__ import annotations

import numpy as np

WORDS: dict[str, str] = {
    "en-us": "maybe people move above the beautiful blue room before Bob and Emma bring home big purple pumpkins five brave women "
    "believe every morning should be warm we watch who would choose your vivid voice papa bumps over him famous poems make summer "
    "simple problem film buy my apple pie now how about both moving boats for me please oh no you too five of them often father calm "
    "lobby hot dog palm car see three green trees easy meeting wool good book full push shoe fewer music",
    "en": "perhaps Barbara bought some brown bread from a proper baker mum may move our old piano upstairs both boys jump over puddles "
    "a lovely view from above Bombay we wish to improve every number before November five foggy mountains bath path drama "
    "pop musical impossible moment who knew you were room to move along the harbour wall",
    "de": "mein Bruder möchte immer über die Brücke gehen am Morgen kommt Mama mit einem Apfel Pfeffer Papier und Butter viele Bäume "
    "blühen im Mai böse Buben spielen am Bach wo wohnt die Familie Baumann Problem Sommer Mühle Kuh Schuhe fünf Vögel warum bleibt "
    "Opa im Haus aber Abend Aprikose Moment komm bitte mit Oma mag Musik",
    "fr": "bonjour madame mon petit bébé aime beaucoup les pommes vertes papa boit du vin blanc au bord du bois nous voulons un beau "
    "bateau pour demain maman ouvre la porte bleue il pleut sur la ville où habite ton ami peu de monde lune rue bœuf feu jeune "
    "homme problème impossible février vous êtes fou ma femme mange un bon repas",
    "es": "mi mamá compra pan y vino por la mañana el pobre hombre bebe agua fría papá vive en un pueblo muy bonito siempre hay mucho "
    "humo nueve bombas famosas un buen amigo abre la puerta uva luna mapa problema sombra campo empezar ambos nombre fuego "
    "volumen primavera mover febrero",
    "it": "la mamma prepara una buona pappa bambini piccoli vivono al mare il popolo ama la musica uomo buono problema sempre campo "
    "febbraio fuoco uva vuole bere bombolone bambola pipa ombrello novembre primo mondo dove abbiamo fame prova il vestito",
    "pt-br": "minha mãe compra pão bom para o bebê o homem bebe água fria um problema muito famoso vamos embora hoje samba bomba campo "
    "povo vivo novembro família lua uva fumo primo tempo empresa amigo pobre março ombro sombra viver",
    "nl": "mijn moeder bakt brood voor papa boven op de berg bloeien mooie bloemen vijf bomen bewegen vroeg opa komt met een boot "
    "uur muur boek beuk ruimte probleem film zomer amper lamp blauw hebben wij vandaag pompoen",
    "pl": "moja mama robi dobry obiad brat pije wodę papuga mówi po polsku buty bomba mapa piwo problem może być piękny ubranie "
    "babcia pod mostem wuj bardzo głupi film mała ryba pomoc impuls obok bramy",
    "ru": "моя мама купила большой белый пароход папа помогает бабушке по дому вода ему нужна дуб зуб муж пыль мыло рыба любовь поезд "
    "бумага помидор фильм вместе мимо пробка обувь буду думать умный обман",
    "uk": "моя мама пече пиріг бабуся любить бджолу поле вода дуб зуби мова папуга біля броду великий бик пише вірш увечері музика обмін",
    "cs": "moje máma vaří brambory a babička peče buchty pivo voda bouře pomoc můj bratr má modrý automobil film obuv bubny pod mostem",
    "hr": "moja mama kupuje kruh i mlijeko baka voli more pop buba muž bomba problem pomoć voda vuk pobjeda film ulica umoran",
    "ro": "mama mea pune pâine albă pe masă bunica bea apă bună un om bun vine cu multe flori pomul problema frumos obosit iubim vremea "
    "numai împreună umbra pădurea plouă mult",
    "tr": "benim babam büyük bir ev yapıyor annem pembe bluz ve palto aldı bu sabah yemek pişmiş mum masa puf müzik komşu baba ablam "
    "bugün ömür kapı vapur film umut bulut pamuk",
    "hu": "az apám bort és babot vesz a boltban mama puha ruhát visel öbölben búvár úszik bőven mű művész pap ibolya ember fű "
    "víz problémás hamar ebéd bomba",
    "fi": "mummo pyysi puuroa ja poika puhui mukavasti omena puu pimeä yö mopo pöytä papu hyppy vuosi syvä lupa ympäri lampi pommi "
    "emme voi mummo muumi ampui",
    "sv": "min pappa bor på en liten gård med många blommor mamma bakar bröd vi börjar på måndag morgon bok mus bubbla problem sommar "
    "lampa blå öppna fem vackra vägar upp på berget",
    "da": "min mor bager brød og far bor i byen blomster om sommeren problem vandet i åen bamse papir lampe ubåd blå bog musik",
    "el": "η μαμά και ο μπαμπάς πάνε μαζί στο βουνό πολύ όμορφη μπάλα βάζω πίνω που είναι ο φίλος μου ψωμί βουτώ μπλε παπούτσι "
    "μουσική άμμος ύπνος πόλη",
    "id": "bapak membeli buku dan makan bubur bersama ibu mobil baru itu bagus sekali pulau empat rumah bambu kami pumpun bulan puluh "
    "mimpi lampu bumi sabun mau minum kopi",
    "sw": "mama na baba wanapika pilau na mboga nyumbani bibi anapenda ubuyu mimi naomba maembe mbuzi wimbo bubu pombe mfupa vumbi nguo "
    "kupumua mambo mapema",
    "vi": "ba mẹ mua bánh mì và phở buổi sáng bà bảo bố mở vòi bơm mùa mưa phố mập mạp bạn vui vẻ bóp đôi môi",
    "cmn-latn-pinyin": "wo3 men5 ba4 ba5 ma1 ma5 mai3 ping2 guo3 he2 mian4 bao1 peng2 you3 mei2 you3 bu4 pa4 mu4 bei4 fu4 mu3 wu3 bi3 "
    "pu3 bo1 bo5 yu2 lü4 fei1 ming2 bai2 mo4 pian4 bang1 mang2",
    "ja": "ママは パンと ぶどうを もっています ぼくは ふゆが すきです うみべの みなと あめが ふる ばんごはん まめ ぽぽ むらびと いっぱい "
    "びんぼう もも ゆびわ ばら えんぴつ かばん まど さくら",
    "ko": "엄마 아빠 밥 먹고 물 마셔요 바보 나무 봄비 입문 포도 우유 모두 밤에 부모님 파도 음악 무엇 보물 이웃 뽀뽀 앞문",
    "hi": "मेरे पापा बाजार से आम और भाजी लाते हैं बाबा माँ पानी पी लो बहुत मूली फूल भूमि बम मुंबई उपमा पुराना ऊपर बोलो मामू",
    "bn": "আমার মা বাবা বই পড়ে ভাই মাছ খায় পাপড় বুবু ফুল মুম্বাই পাখি উপমা ভূমি মামা বোন",
    "ta": "அம்மா அப்பா பாம்பு பழம் மாமா பூ மூன்று வேம்பு பொம்மை உப்பு மயில் பாப்பா முப்பது அன்பு கோபம்",
    "ar": "بابا وماما في البيت الكبير مع الباب المفتوح بنت مهمة بوم مدينة فم يوم مبنى كوب مفيد حمام شباب",
    "fa": "بابا نان و آب می‌برد مامان بوم بام خوب پول موش ماه پیام بومی مبارک پمپ امید ابر",
    "ka": "მამა და ბებია პურს ამზადებენ ბიბლია პური მოვა ბუბა უბანი პამპულა მუმია ფული ბევრი",
    "eo": "mia patro bone parolas pri la bela mondo mamo bubo pomo pipo ombro impulso popolo bovo muso fumo vivo amo umo",
}
"""Words by espeak-ng voice; ours. Ratios matter more than sense: p, b, m in every other word, round and spread vowels."""

LATIN = frozenset("en-us en de fr es it pt-br nl pl cs hr ro tr hu fi sv da id sw eo".split())
ENGLISH_SHARE = 0.3
"""Share of English; the other languages are equally frequent."""
_ONSETS = ("p", "b", "m", "p", "b", "m", "f", "v", "w", "s", "t", "k", "l", "r", "n", "d", "g", "sh", "")
_VOWELS = ("a", "o", "u", "i", "e", "a", "u", "i")
_STOPS = (", ", ". ", " ", " ", " ", " ", " ", " ")


def draw_voice(rng: np.random.Generator) -> str:
    """A random language, as espeak-ng's voice name."""
    if rng.random() < ENGLISH_SHARE:
        return str(rng.choice(["en-us", "en-us", "en"]))
    return str(rng.choice(list(WORDS)))


def draw_text(rng: np.random.Generator, voice: str, num_words: int) -> str:
    """A random sentence or two for a voice: words of its language and, in Latin script, invented words as well."""
    own = WORDS[voice].split()
    words = []
    for _ in range(num_words):
        word = _invented(rng) if voice in LATIN and rng.random() < 0.3 else own[rng.integers(len(own))]
        words.append(word + str(rng.choice(_STOPS)))
    return "".join(words).strip(", ") + "."


def _invented(rng: np.random.Generator) -> str:
    return "".join(str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) for _ in range(rng.integers(1, 4)))
