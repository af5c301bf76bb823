/**
 * First names common in Belgium, folded: never a slip of the pen, however rare they are in a small customer base.
 * Frequencies come from the base itself; this list only keeps a sibling from looking like a misspelling of a sibling.
 */
const NAMES =
  'aaron abdel adam adele adrien agnes ahmed aicha alain albert alex alexander alexandra alexandre alexia ali alice alicia ' +
  'aline amber amelie amina amir an ana anais andre andrea andreas andy angelique anja anke ann anna annabel anne anneleen ' +
  'annelies annemie annick annie anouk anthony antoine antoon antonio arne arnaud arno arthur astrid audrey aurelie axel ' +
  'aya aziz bart bastien beatrice ben benjamin benoit bernadette bernard bernd bert bilal bjorn bo boris brahim bram brecht ' +
  'brent brigitte britt bruno camille carine carla carlo carlos carmen carole carolien carolina caroline catherine cathy ' +
  'cecile cedric celine chantal charles charline charlotte chloe chris christel christian christiaan christiane christina ' +
  'christine christophe cindy claire clara claude claudia claudine clement colette corinne cynthia cyril daan dany daniel ' +
  'daniela danielle danny david davy debby delphine denis denise diana diane didier diego dieter dimitri dina dirk dominique ' +
  'dorien dries dylan eddy edith edouard eduard edward elena eleonore elias eline elien elif elisa elisabeth elise elke ella ' +
  'ellen els elsa emely emiel emile emilie emily emma emmanuel emmy emre enzo eric erica erik erika erwin esther eva evelien ' +
  'eveline evelyne evi fabian fabienne fabio fabrice farid fatiha fatima fatma felix ferre filip finn flore florence florent ' +
  'florian floris francesca francesco francine francis francois francoise frank frans fred freddy frederic frederik gabriel ' +
  'gabrielle gaetan geert georges gerard gerda germaine gert ghislain gilbert gilles gino giovanni giulia glenn godelieve ' +
  'greet gregory greta griet guido guillaume guy gwen hamza hana hanna hannah hanne hannelore hans hasan hassan helena helene ' +
  'hendrik henri herman hilde hugo hussein ibrahim igor ilse imane imran ines inge ingrid irene iris isabel isabelle ismael ' +
  'ivan ivo jacqueline jacques jade jamal jan jana jana jannes jarne jasmien jasmine jason jasper jean jeanine jeanne jef ' +
  'jelle jennifer jens jeremy jeroen jerome jessica jessy jill jimmy jo joachim joan joao joelle joeri johan johanna johannes ' +
  'johnny jolien jonas jonathan joost jordan jordy joris jos jose joseph josephine josiane jozef juan jules julia julian ' +
  'julie julien juliette justine kaat karel karen karim karin karine karl karlijn kasper kathleen kathy katia katrien katrijn ' +
  'kelly kenny kenneth kevin khadija khalid kim kirsten klaas koen koenraad kris kristel kristien kristof kurt kyara lander ' +
  'lara lars latifa laura laure laurence laurens laurent lea leen lena lenny leo leon leona leonie leyla lia lidia lien lies ' +
  'liesbeth lieselot lieve lieven lilly lily lina linda linde lisa lise lize loic lola lore loredana lorenzo lotte lou louis ' +
  'louisa louise luc luca lucas lucia lucie lucien lucienne ludo ludovic luka lukas luna luuk lydia lynn maarten maaike madeleine ' +
  'magali magda malika manon manuel marc marcel marcella marcelle marco marcus margaux margot margriet maria mariam marie ' +
  'marieke marielle marijke marin marina marine mario marion mark marko marleen marlies marta martha martijn martin martina ' +
  'martine maryam mats matteo matthew matthias matthieu mathias mathieu mathilde mathis mats maud maurice max maxim maxime ' +
  'maya mehdi mehmet melanie melissa merel mia michael michel michele micheline michiel mieke mike mila milan mina miranda ' +
  'mireille mohamed mohammed monika monique morgane mounir muriel mustafa myriam nabil nadia nadine nancy nasser natacha ' +
  'natalia natasha nathalie nathan nele nelly nicolas nicole niels nick nico nikki nina noa noah noel noelle noemie nora ' +
  'norbert noor nour olga oliver olivia olivier omar oscar otto pablo pascal pascale patricia patrick paul paula paulette ' +
  'pauline pedro peggy peter petra philip philippe pierre piet pieter pol quentin quinten rachel rachid rafael ralf ramon raphael ' +
  'raymond rebecca regine reinhilde rene renee ria ricardo rita rob robbe robby robert robin roel roger roland romain romy ' +
  'ronald ronny roos rosa rosalie rose rosita rudi rudy ruben ruth rune sabine sabrina said salma sam samia samir samira ' +
  'samuel sander sandra sandrine sara sarah saskia sebastien sebastiaan selena selma senne serge severine shana sharon siebe ' +
  'siham silke silvia simon simone simonne sofia sofie soline sonia sophia sophie stan stef stefaan stefan stefanie stella ' +
  'stephan stephane stephanie steve steven stijn sven sylvain sylvia sylvie tamara tania tanja tara tatiana teun theo therese ' +
  'thierry thomas thijs tibo tim timo timothy tina tine tineke tom tomas toon tony tristan tuur valentin valentine valerie ' +
  'vanessa veerle vera veronique vic vicky victor victoria viktor viktoria vincent vinciane viviane walter ward warre wendy ' +
  'werner willem william willy wilfried wim wout wouter xander xavier yana yann yannick yasmina yasmine youssef yusuf yves yvette yvonne ' +
  'zakaria zoe'

const KNOWN = new Set(NAMES.split(' '))

/** Whether a folded first name is one that many people in Belgium bear. */
export const isKnownFirstName = (name: string): boolean => KNOWN.has(name)

/** Letters that a system could not write were not of ASCII, such as é, ç, ø, ş or ł; folded they are these. */
const LOSABLE = '[aceginoslyuz]'

/**
 * Whether a folded name that lacks a letter, which stands as `?`, is another one and no known third: "fran?ois" is François's,
 * not Françoise's, and "l?a" may be Lia's twin Léa's.
 */
export const isFormOf = (form: string, name: string): boolean => {
  const pattern = new RegExp(`^${form.replaceAll('?', LOSABLE)}$`)
  return pattern.test(name) && [...KNOWN].every(known => known === name || !pattern.test(known))
}
